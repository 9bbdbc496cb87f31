import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { look } from './routes/asking.ts';
import { APP, inbound, minutes, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Sinch's consent management reports the opt-out of the words "STOP MARKETING". */
const reported = {
  app_id: APP,
  event_time: minutes(-4),
  opt_out_notification: {
    request_id: 'R1',
    contact_id: '',
    channel: 'SMS',
    identity: PERSON,
    status: 'OPT_OUT_SUCCEEDED',
    processing_mode: 'DISPATCH',
  },
};
const entry = (
  list_type: string,
  at = -4,
  operation = 'OPERATION_INSERT',
  app_id: string = APP,
) => ({
  ...{ origin: 'ORIGIN_MO', operation, list_type },
  ...{ project_id: 'test-project', app_id, datetime: minutes(at) },
});
const marketing = entry('OPT_OUT_MARKETING');

async function afterStopMarketing(
  records: readonly object[],
  settings: Readonly<Record<string, string>> = {},
) {
  const box = openBox({ consents: { [PERSON]: records } }, settings);
  await box.take(inbound('STOP MARKETING', { at: minutes(-5) }));
  await box.take(reported);
  const before = await look(box);
  await box.drain();
  return { before, after: await look(box) };
}

describe('an OPT_OUT after STOP MARKETING', () => {
  test('stops all content until Sinch says that it concerns marketing', async () => {
    const { before, after } = await afterStopMarketing([entry('OPT_OUT_MARKETING')]);
    expect(before.scopes).toMatchObject({ all: true });
    expect(after.scopes).toEqual({ all: false, marketing: true, notification: false });
    expect(after.suppressed).toBe(false);
    expect(after.history.map(({ scope, undone }) => [scope, undone !== undefined])).toEqual(
      expect.arrayContaining([
        ['all', true],
        ['marketing', false],
      ]),
    );
  });

  test('the entry of another opt-out does not narrow it while its own may still come', async () => {
    const lists: Record<string, object[]> = { [PERSON]: [entry('OPT_OUT_MARKETING', -3)] };
    const box = openBox({ consents: lists });
    const again = (request_id: string, at: number) => ({
      ...reported,
      event_time: minutes(at),
      opt_out_notification: { ...reported.opt_out_notification, request_id },
    });
    await box.take(again('R1', -3));
    await box.take(again('R2', -2));
    await box.drain(60);
    expect((await look(box)).scopes).toMatchObject({ all: true });
    lists[PERSON]?.push(entry('OPT_OUT_ALL', -2));
    await box.drain(900);
    expect((await look(box)).scopes).toMatchObject({ all: true });
  });

  test('two opt-outs for which Sinch makes one entry are narrowed when no other may come', async () => {
    const box = openBox({ consents: { [PERSON]: [entry('OPT_OUT_MARKETING', -3)] } });
    for (const [request_id, at] of [
      ['R1', -3],
      ['R2', -2],
    ] as const)
      await box.take({
        ...reported,
        event_time: minutes(at),
        opt_out_notification: { ...reported.opt_out_notification, request_id },
      });
    await box.drain(60);
    expect((await look(box)).scopes).toMatchObject({ all: true });
    await box.drain(900);
    expect((await look(box)).scopes).toEqual({ all: false, marketing: true, notification: false });
  });

  test('a redelivery does not widen it again', async () => {
    const box = openBox({ consents: { [PERSON]: [entry('OPT_OUT_MARKETING')] } });
    for (let times = 0; times < 3; times++) {
      await box.take(reported);
      await box.drain();
    }
    expect((await look(box)).scopes).toEqual({ all: false, marketing: true, notification: false });
  });

  test('narrows what its own rule recorded, not what another rule did', async () => {
    const box = openBox({ consents: { [PERSON]: [marketing] } });
    const strict = {
      ...{ name: 'opt-out-strict', why: 'Every opt-out stops all content.', owner: 'ines' },
      ...{ on: ['OPT_OUT'], when: { fact: 'channel', operator: 'equal', value: 'SMS' } },
      then: [{ action: 'suppress', params: { scope: 'all' } }],
      examples: [{ name: 'an opt-out', callback: reported, fires: true }],
    };
    await publish(box, rules({ 'opt-out-strict.json': strict }), '?activate=true');
    await box.take(reported);
    await box.drain();
    expect((await look(box)).suppressed).toBe(true);
    expect((await look(box)).history.flatMap(({ rule, undone }) => (undone ? rule : []))).toEqual([
      'opt-out',
    ]);
  });

  test('an entry of another time that is not known does not matter', async () => {
    const { after } = await afterStopMarketing([entry('OPT_OUT_EVERYTHING', -900), marketing]);
    expect(after.scopes).toEqual({ all: false, marketing: true, notification: false });
  });

  test.each([
    ['has no entry', [], {}, 'no entry'],
    ['has only an old entry', [entry('OPT_OUT_MARKETING', -60)], {}, 'no entry'],
    ['took the entry back', [entry('OPT_OUT_MARKETING', -4, 'OPERATION_DELETE')], {}, 'no entry'],
    [
      'has the person on the list of all content',
      [entry('OPT_OUT_ALL', -900), entry('OPT_OUT_MARKETING')],
      {},
      'list of all content',
    ],
    ['names a list that is not known', [marketing, entry('OPT_OUT_EVERYTHING')], {}, 'not known'],
    ['names no list', [marketing, { ...marketing, list_type: undefined }], {}, 'not known'],
    [
      'names an operation that is not known',
      [marketing, entry('OPT_OUT_ALL', -4, 'UPSERT')],
      {},
      'not known',
    ],
    [
      'does not say since when the person is on a list',
      [marketing, { ...entry('OPT_OUT_ALL'), datetime: undefined }],
      {},
      'not known',
    ],
    [
      'has an entry of another app only',
      [entry('OPT_OUT_MARKETING', -4, 'OPERATION_INSERT', 'another-app')],
      {},
      'no entry',
    ],
    [
      'cannot be asked',
      [entry('OPT_OUT_MARKETING')],
      { SINCH_KEY_ID: '', SINCH_KEY_SECRET: '' },
      'could not be asked',
    ],
  ] as const)('stays for all content where Sinch %s, and the history says why', async (_, records, settings, why) => {
    const { after } = await afterStopMarketing(records, settings);
    expect(after.suppressed).toBe(true);
    expect(after.history.find(({ scope }) => scope === 'all')?.reason).toContain(why);
  });
});
