import { describe, expect, test } from 'vitest';
import { about, changed, helpRule, list, OLD, OLD_VERSION, open } from './keeping-worker.ts';
import { stopRule } from './shell.ts';

describe('shadow', () => {
  const decision = (id: string, over: object = {}) => ({
    id,
    rulebook: OLD_VERSION,
    received_at: '2026-11-20T11:00:00.000Z',
    event_time: '2026-11-20T11:00:00.000Z',
    class: 'callback',
    trigger: 'MESSAGE_INBOUND',
    channel: 'SMS',
    app_id: 'app-1',
    reason_code: null,
    contact_ids: null,
    shadow: false,
    rules: [],
    actions: [],
    ...over,
  });
  const tried = { rulebook: 'NEWVERSION0000000000000000', shadow: true };
  const NEW = { ...OLD, rules: { 'stop.json': stopRule, 'help.json': helpRule } };
  const answers = {
    'GET /v1/rulebooks': {
      body: {
        ...list,
        shadow: tried.rulebook,
        history: [
          {
            kind: 'shadow',
            version: tried.rulebook,
            at: '2026-11-20T10:30:00.000Z',
            actor: 'anna',
            reason: '',
            code: '0.1.0',
          },
        ],
      },
    },
    'GET /v1/rulebooks/NEWVERSION0000000000000000': {
      body: { ...about, version: tried.rulebook, rulebook: NEW },
    },
    'GET /v1/decisions': {
      body: {
        decisions: [
          decision('ID1', { rules: [{ rule: 'stop', outcome: 'fired' }] }),
          decision('ID1', { ...tried, rules: [{ rule: 'stop', outcome: 'shadow' }] }),
          decision('ID2', { rules: [{ rule: 'quiet', outcome: 'shadow' }] }),
          decision('ID2', { ...tried, rules: [{ rule: 'help', outcome: 'shadow' }] }),
          decision('ID3', {
            received_at: '2026-11-20T10:30:10.000Z',
            rules: [{ rule: 'stop', outcome: 'fired' }],
          }),
        ],
        next: null,
      },
    },
  };

  test('report compares what decided in shadow with what was done, since the shadow began', async () => {
    const { run, out, asked } = await open({ answers });
    expect(await run('shadow')).toBe(0);
    expect(out).toEqual([
      'Since 2026-11-20 10:30:00, under NEWVERSI in shadow, beside what was in force:',
      '2 callbacks: 1 would end otherwise',
      '  alert actions: 1 more, 0 fewer',
      '  help',
      '    + 1 × alert support (high): ID2',
      expect.stringMatching(/--rulebook NEWVERSION0000000000000000 says it for the shadow$/),
      'Rules in shadow, since 2026-11-20 10:30:00:',
      '  quiet would have fired for 1 callback: ID2',
    ]);
    expect(asked.map(({ what }) => what)).toContain(
      'GET /v1/decisions?since=2026-11-20T10%3A30%3A00.000Z&shadow=true&limit=200',
    );
  });

  test('says so when nothing is in shadow', async () => {
    const { run, out } = await open({
      answers: { 'GET /v1/decisions': { body: { decisions: [], next: null } } },
    });
    expect(await run('shadow', 'report')).toBe(0);
    expect(out).toEqual([
      'No rulebook is in shadow: signalbox publish --shadow, or signalbox shadow <version>',
    ]);
  });

  test('begins with a version and ends with stop', async () => {
    const { run, asked } = await open({
      answers: {
        'POST /v1/rulebooks/ABCD/shadow': { body: changed({ put: 'in shadow' }) },
        'DELETE /v1/rulebooks/shadow': { body: { shadow: null } },
      },
    });
    expect(await run('shadow', 'ABCD')).toBe(0);
    expect(await run('shadow', 'stop')).toBe(0);
    expect(asked.map(({ what }) => what)).toEqual([
      'POST /v1/rulebooks/ABCD/shadow',
      'DELETE /v1/rulebooks/shadow',
    ]);
  });
});
