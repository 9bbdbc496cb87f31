import { afterEach, describe, expect, test, vi } from 'vitest';
import type { RecipientChanged } from '../../../src/api/consent/recipients.ts';
import { openBox } from '../box.ts';
import { deliveriesPassedOn } from '../deliveries-passed-on.ts';
import { inbound, minutes, PERSON, receipt } from '../sample.ts';
import { reset } from '../storage.ts';
import { hand, lift, look, put } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a recipient', () => {
  test('of whom nothing is known refuses nothing', async () => {
    expect(await look(openBox())).toEqual({
      person: expect.stringMatching(/^[0-9A-Z]{26}$/),
      suppressed: false,
      scopes: { all: false, marketing: false, notification: false },
      since: null,
      apps: {},
      other_apps: { all: false, marketing: false, notification: false },
      review_since: null,
      history: [],
      capability: [],
      last_delivery: [],
    });
  });

  test('is shown with the whole history, what channels can do and how old that is, and the last delivery', async () => {
    const box = openBox();
    const { id } = await box.take(inbound('STOP', { at: minutes(-30) }));
    await box.take(receipt('01JLASTSEEN', 'DELIVERED', { at: minutes(-20) }));
    await box.take(
      receipt('01JFAILED', 'FAILED', { at: minutes(-10), code: 'RECIPIENT_NOT_REACHABLE' }),
    );
    await deliveriesPassedOn();
    expect(await look(box, `sms/+${PERSON}`)).toMatchObject({
      suppressed: true,
      since: minutes(-30),
      history: [
        {
          at: minutes(-30),
          scope: 'all',
          to: 'out',
          source: 'keyword',
          words: 'STOP',
          decision: id,
          rule: 'stop',
        },
      ],
      last_delivery: [
        { channel: 'SMS', status: 'DELIVERED', at: minutes(-20), message_id: '01JLASTSEEN' },
      ],
    });
  });

  test('is put on the list and taken off it by hand, with who and why on record', async () => {
    const box = openBox();
    const down = await (await put(box, { ...hand, scope: 'marketing' })).json<RecipientChanged>();
    expect(down).toMatchObject({
      changed: true,
      suppressed: false,
      scopes: { all: false, marketing: true, notification: false },
    });
    await box.take(inbound('START', { at: minutes(1) }));
    expect((await look(box)).scopes.marketing, 'a START lifts nothing that was set by hand').toBe(
      true,
    );
    vi.setSystemTime(Date.parse(minutes(2)));
    const up = await (await lift(box, 'actor=bob&reason=she+asked')).json<RecipientChanged>();
    expect(up).toMatchObject({ changed: true, scopes: { marketing: false } });
    expect(up.history.filter(({ source }) => source === 'hand')).toMatchObject([
      { to: 'out', scope: 'marketing', actor: 'ada (token api-token)', reason: 'she called us' },
      { to: 'in', scope: 'all', actor: 'bob (token api-token)', reason: 'she asked' },
    ]);
  });

  test.each([
    ['nobody', { reason: 'x' }, 'actor: is missing'],
    ['no reason', { actor: 'ada', reason: '  ' }, 'reason: must not be empty'],
    ['an unknown scope', { ...hand, scope: 'ads' }, /^scope: expected/],
    ['a typing mistake', { ...hand, scopes: 'all' }, 'scopes: is not known here'],
  ])('is not changed by hand by %s', async (_, body, detail) => {
    const response = await put(openBox(), body);
    expect(response.status).toBe(400);
    expect((await response.json<{ detail: string }>()).detail).toMatch(detail);
  });

  test('is not taken off the list without who and why', async () => {
    expect(await (await lift(openBox(), 'actor=ada')).json()).toMatchObject({
      status: 400,
      detail: 'reason: is missing',
    });
  });

  test('of an app’s own channel needs the app', async () => {
    const box = openBox();
    expect((await box.ask('/v1/recipients/MESSENGER/psid-1')).status).toBe(400);
    await put(box, hand, 'MESSENGER/psid-1?app_id=app-1');
    expect((await look(box, 'MESSENGER/psid-1?app_id=app-1')).suppressed).toBe(true);
    expect((await look(box, 'MESSENGER/psid-1?app_id=app-2')).suppressed).toBe(false);
  });
});
