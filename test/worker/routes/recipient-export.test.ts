import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ExportLine } from '../../../src/api/consent/recipients.ts';
import { openBox } from '../box.ts';
import { inbound, minutes, opt } from '../sample.ts';
import { reset } from '../storage.ts';
import { type Box, hand, lift, look, put } from './asking.ts';
import { loaded, QUERY } from './importing.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('an export', () => {
  const lines = async (box: Box, query = ''): Promise<ExportLine[]> => {
    const response = await box.ask(`/v1/recipients/export${query}`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const text = await response.text();
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };

  test('gives everybody once, and goes on behind any line', async () => {
    const box = openBox();
    const people = Array.from({ length: 60 }, (_, at) => String(12025550100 + at));
    await loaded(
      box,
      ['channel,identity', ...people.map((identity) => `SMS,${identity}`)].join('\n'),
    );
    const all = await lines(box);
    expect(all.map(({ identity }) => identity).toSorted()).toEqual(people);
    expect(all[0]).toMatchObject({
      channel: 'SMS',
      suppressed: true,
      history: [{ source: 'import' }],
    });
    const seen: ExportLine[] = [];
    for (let cursor = '0:'; ; ) {
      const page = await lines(box, `?limit=7&cursor=${cursor}`);
      seen.push(...page);
      const last = page.at(-1);
      if (!last) break;
      cursor = last.cursor;
    }
    expect(seen).toEqual(all);
  });

  test('is imported again elsewhere to the same standing and proof', async () => {
    const box = openBox();
    await box.take(inbound('STOP', { id: '01J1', at: minutes(-50) }));
    await box.take(inbound('START', { id: '01J2', at: minutes(-40) }));
    await box.take(opt('OPT_OUT_SUCCEEDED', minutes(-30)));
    await put(box, { ...hand, scope: 'marketing' }, 'SMS/12025550142');
    await put(box, hand, 'SMS/12025550143');
    vi.setSystemTime(Date.now() + 60_000);
    await lift(box, 'actor=ada&reason=back+again', 'SMS/12025550143');
    await box.take(inbound('STOP', { id: '01J3', identity: '12025550144', at: minutes(-20) }));
    await box.ask('/v1/consent/undo', {
      method: 'POST',
      body: JSON.stringify({
        rule: 'stop',
        since: minutes(1),
        actor: 'ada',
        reason: 'a wrong rule',
      }),
    });
    const before = await lines(box);
    const moved = before.map((line) => JSON.stringify(line)).join('\n');
    await reset();

    const elsewhere = openBox();
    vi.setSystemTime(Date.now() + 120_000);
    const type = 'application/x-ndjson';
    const report = { lines: 5, out: 2, in: 0, unchanged: 3, bad: 0 };
    expect(await loaded(elsewhere, moved, `${QUERY}&dry_run=true`, type)).toMatchObject(report);
    expect(await lines(elsewhere)).toEqual([]);
    expect(await loaded(elsewhere, moved, QUERY, type)).toMatchObject(report);
    const imported = { hops: 1, imported: 'ada (token api-token): our old list (list crm-1)' };
    expect(await lines(elsewhere)).toEqual(
      before.map((line) => ({
        ...line,
        history: line.history.map((event) => ({ ...event, ...imported })),
      })),
    );
    // What was set by hand there, START does not lift here.
    await elsewhere.take(
      inbound('START', { id: '01J4', identity: '12025550142', at: minutes(30) }),
    );
    expect((await look(elsewhere, 'SMS/12025550142')).scopes).toMatchObject({ marketing: true });
    // Here, a rule's work is only what it did here.
    const undone = await elsewhere.ask('/v1/consent/undo', {
      method: 'POST',
      body: JSON.stringify({
        rule: 'stop',
        since: minutes(-600),
        actor: 'ada',
        reason: 'a wrong rule',
      }),
    });
    expect(await undone.json()).toMatchObject({ people: 0, changes: 0 });
    expect(await loaded(elsewhere, moved, QUERY, type)).toMatchObject({
      out: 0,
      in: 0,
      unchanged: 5,
    });
  });

  test('of nobody is empty', async () => {
    expect(await lines(openBox())).toEqual([]);
  });

  test('refuses a cursor that it never gave', async () => {
    expect((await openBox().ask('/v1/recipients/export?cursor=x')).status).toBe(400);
  });
});
