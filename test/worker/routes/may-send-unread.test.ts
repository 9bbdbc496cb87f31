import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { APP, minutes, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { maySend, person, post, sms } from './asking.ts';

/** A namespace of which every object is dead, or only one. */
const dead = <T extends object>(namespace: T, names: (name: string) => boolean = () => true): T =>
  new Proxy(namespace, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'getByName') {
        return (name: string) =>
          names(name)
            ? new Proxy({}, { get: () => () => Promise.reject(new Error('the object is dead')) })
            : Reflect.apply(value as (name: string) => unknown, target, [name]);
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('what cannot be read', () => {
  test('is not allowed: consent', async () => {
    const box = openBox();
    box.bindings.RECIPIENTS = dead(box.bindings.RECIPIENTS);
    const { results } = await maySend(box, [person(PERSON, 'other')]);
    expect(results).toMatchObject([{ allowed: false, reasons: [{ code: 'consent_unavailable' }] }]);
  });

  test('spoils only the people of the shard that is dead', async () => {
    const box = openBox();
    box.bindings.RECIPIENTS = dead(box.bindings.RECIPIENTS, (name) => name === 'shard-3');
    const people = Array.from({ length: 200 }, (_, at) => person(String(12025550000 + at)));
    const { results } = await maySend(box, people);
    const refused = results.filter(({ allowed }) => !allowed);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(60);
    for (const { reasons } of refused)
      expect(reasons).toMatchObject([{ code: 'consent_unavailable' }]);
  });

  test('is not allowed: limits', async () => {
    const box = openBox();
    box.bindings.SENDERS = dead(box.bindings.SENDERS, (name) => name.includes(APP));
    const { results, senders } = await maySend(box, [
      sms('marketing'),
      { ...person(PERSON), app_id: 'another' },
    ]);
    expect(results).toMatchObject([
      { allowed: false, reasons: [{ code: 'throttle_unavailable' }] },
      { allowed: true },
    ]);
    expect(senders).toMatchObject([{ left: 0 }, { app_id: 'another', left: null }]);
  });

  test('is not allowed: permits', async () => {
    const box = openBox();
    box.bindings.SENDERS = dead(box.bindings.SENDERS);
    const answer = await post(box, '/v1/permits', {
      app_id: APP,
      channel: 'SMS',
      content: 'marketing',
      count: 3,
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ code: 'throttle_unavailable' });
  });

  test('is not allowed in fast mode either', async () => {
    const box = openBox();
    box.bindings.KV = new Proxy(box.bindings.KV, {
      get: () => () => Promise.reject(new Error('KV is down')),
    });
    const { results } = await maySend(box, [person(PERSON)], '?consistency=fast');
    expect(results).toMatchObject([
      {
        allowed: false,
        reasons: [{ code: 'consent_unavailable' }, { code: 'throttle_unavailable' }],
      },
    ]);
  });
});

describe('fast', () => {
  test('reads the copies in KV and says so', async () => {
    const box = openBox();
    const { person: hash } = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      person: string;
    }>();
    const since = Date.parse(minutes(-60));
    await box.bindings.KV.put(
      `consent:${hash}`,
      JSON.stringify({
        suppressed: false,
        apps: {},
        others: { all: false, marketing: true, notification: false },
        scopes: { all: false, marketing: true, notification: false },
        since,
        as_of: since,
      }),
    );
    await box.bindings.KV.put(
      `throttle:${APP}:SMS`,
      JSON.stringify({
        limits: [
          {
            to: '0',
            content: 'marketing',
            until: Date.parse(minutes(0)),
            reason: 'over by now',
            since,
          },
          {
            to: '0',
            content: 'notification',
            until: Date.parse(minutes(60)),
            reason: 'number-restricted',
            since,
          },
        ],
        as_of: since,
      }),
    );
    const answer = await maySend(
      box,
      [sms('marketing'), sms('notification'), person('12025550142')],
      '?consistency=fast',
    );
    expect(answer.consistency).toBe('fast');
    expect(answer.results).toEqual([
      {
        allowed: false,
        reasons: [
          {
            code: 'opted_out_marketing',
            message: 'This person wants no marketing.',
            since: minutes(-60),
            decision_id: `consent:${hash}`,
          },
        ],
      },
      {
        allowed: false,
        reasons: [
          expect.objectContaining({
            code: 'sender_stopped',
            until: minutes(60),
            decision_id: 'number-restricted',
          }),
        ],
      },
      { allowed: true, reasons: [] },
    ]);
    expect(answer.senders).toMatchObject([
      { left: null, throttle: null },
      { left: null, throttle: { to: '0' } },
    ]);
  });
});
