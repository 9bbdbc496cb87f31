import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alerts, folder, HOME, openShell } from './shell.ts';

const change = (field: string, value: object) => ({ field, value });

/** A notification of Meta with two changes; the second one is a restriction of the account. */
const notification = {
  app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
  event_time: '2026-11-20T06:51:00Z',
  unsupported_callback: {
    channel: 'WHATSAPP',
    id: '01JDVF7QJYSFTQAR3303QM2H85',
    payload: JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            change('business_capability_update', { max_daily_conversation_per_phone: 1000 }),
            change('account_update', {
              event: 'ACCOUNT_RESTRICTION',
              restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }],
            }),
          ],
        },
      ],
    }),
  },
};

const WHEN = { fact: 'meta_event', operator: 'equal', value: 'ACCOUNT_RESTRICTION' };
const restricted = {
  name: 'restricted',
  why: 'Somebody must look.',
  owner: 'ops',
  on: ['UNSUPPORTED'],
  when: WHEN,
  then: [{ action: 'alert', params: { severity: 'high', title: 'Restricted' } }],
  examples: [{ name: 'restricted', callback: notification, fires: true }],
};

describe('a notification with several changes', () => {
  test('is previewed by "alerts test" with the alerts of each', async () => {
    const here = folder({
      'rules/restricted.json': restricted,
      'rules/alerts.json': alerts,
      'two.json': notification,
    });
    const { run, out } = openShell({ here });
    expect(await run('alerts', 'test', 'two.json', '--rules', 'rules')).toBe(0);
    expect(out[0]).toBe('restricted [high] Restricted');
  });

  test('becomes the example of a rule that "new" writes for a later change', async () => {
    const home = folder({ 'rules/alerts.json': alerts, 'two.json': notification });
    mkdirSync(join(home, 'test'));
    const samples = join('src', 'samples', 'callbacks');
    cpSync(join(HOME, samples), join(home, samples), { recursive: true });
    const { run, out, err } = openShell({ home, here: home });
    const flags = ['--from', 'two.json', '--why', 'It matters.', '--owner', 'ops'];
    const when = ['--when', `${WHEN.fact} ${WHEN.operator} ${WHEN.value}`];
    await run('new', 'restricted', ...flags, ...when, '--then', 'alert');
    expect(err).toEqual([]);
    expect(out[0]).toBe('rules/restricted.json written');
    const written = JSON.parse(readFileSync(join(home, 'rules', 'restricted.json'), 'utf8'));
    expect(written).toMatchObject({
      on: ['UNSUPPORTED'],
      examples: [{ fires: true }, { fires: false }],
    });
    expect(await run('test', 'restricted', '--rules', 'rules')).toBe(0);
  });
});
