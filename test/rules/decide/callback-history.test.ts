import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCallbackHistory } from '../../../src/rules/decide/callback-history.ts';
import { read } from '../../../src/samples/samples.ts';

const event = (rating: string, at: string, extra: object = {}) =>
  read({
    app_id: 'app-1',
    event_time: at,
    channel_event_notification: {
      channel_event: {
        channel: 'WHATSAPP',
        event_type: 'WHATS_APP_QUALITY_RATING_CHANGED',
        additional_data: { quality_rating: rating, ...extra },
      },
    },
  });
const capability = (status: string, at: string, identity = '12025550143') =>
  read({
    app_id: 'app-1',
    event_time: at,
    capability_notification: {
      request_id: `${status} ${at}`,
      channel: 'RCS',
      identity,
      capability_status: status,
    },
  });
const report = (message_id: string, status: string) =>
  read({
    message_delivery_report: {
      message_id,
      status,
      channel_identity: { channel: 'SMS', identity: '1' },
    },
  });

const minute = (n: number) => `2026-11-02T09:${String(n).padStart(2, '0')}:00Z`;

describe('what callbacks tell', () => {
  test('is recalled by the next ones, in the order of what happened', async () => {
    const { remember } = openCallbackHistory();
    const earlier = async (rating: string, n: number) =>
      remember(await event(rating, minute(n)))('previous_quality_rating');
    expect(await earlier('GREEN', 1)).toBeUndefined();
    expect(await earlier('RED', 3)).toBe('GREEN');
    expect(await earlier('YELLOW', 2)).toBe('GREEN');
    expect(await earlier('GREEN', 4)).toBe('RED');
  });

  test('is told a redelivery as it was told the first time', async () => {
    const { remember } = openCallbackHistory();
    await remember(await event('GREEN', minute(1)));
    const red = await event('RED', minute(2));
    expect(await remember(red)('previous_quality_rating')).toBe('GREEN');
    await remember(await event('YELLOW', '2026-11-02T09:01:30Z'));
    expect(await remember(red)('previous_quality_rating')).toBe('GREEN');
  });

  test('of one moment precedes none of it, and comes to the same in any order', async () => {
    const at = minute(1);
    const both = await Promise.all([event('GREEN', at), event('YELLOW', at)]);
    const [green, yellow] = both.map(({ id }) => id);
    for (const order of [both, both.toReversed()]) {
      const { remember } = openCallbackHistory();
      for (const one of order)
        expect(await remember(one)('previous_quality_rating')).toBeUndefined();
      const later = await remember(await event('RED', minute(2)))('previous_quality_rating');
      expect(later).toBe(String(green) > String(yellow) ? 'GREEN' : 'YELLOW');
    }
  });

  test('is kept apart by person', async () => {
    const { remember } = openCallbackHistory();
    await remember(await capability('CAPABILITY_FULL', minute(1)));
    expect(
      await remember(await capability('NO_CAPABILITY', minute(2), '447700900123'))(
        'previous_capability_status',
      ),
    ).toBeUndefined();
    expect(
      await remember(await capability('NO_CAPABILITY', minute(3)))('previous_capability_status'),
    ).toBe('CAPABILITY_FULL');
  });

  test('says how often a message was sent again', async () => {
    const { remember, sentAgain, originOf } = openCallbackHistory();
    const attempt = async (id: string) => remember(await report(id, 'FAILED'))('attempt');
    expect(await attempt('A')).toBe(0);
    sentAgain('A', 'B');
    sentAgain('B', 'C');
    expect([await attempt('B'), await attempt('C'), await attempt('D')]).toEqual([1, 2, 0]);
    expect(originOf('C')).toEqual({ root: 'A', attempt: 2 });
  });

  test('is forgotten of whoever was not heard of for longest, where there is no more room', async () => {
    const lost: number[] = [];
    const { remember } = openCallbackHistory((notes) => lost.push(notes), 3);
    const earlier = async (identity: string, n: number) =>
      remember(await capability(n % 2 ? 'CAPABILITY_FULL' : 'NO_CAPABILITY', minute(n), identity))(
        'previous_capability_status',
      );
    for (const [n, identity] of ['1', '2', '1'].entries()) await earlier(identity, n);
    expect(lost).toEqual([]);
    await earlier('3', 3);
    expect(lost).toEqual([1]);
    expect(await earlier('1', 5)).toBe('NO_CAPABILITY');
    expect(await earlier('2', 6)).toBeUndefined();
    expect(lost).toEqual([1, 1, 3]);
  });

  test('comes to the same as asking all that came before, whatever the order of arrival', async () => {
    const arrival = fc.tuple(
      fc.constantFrom('GREEN', 'YELLOW', 'RED'),
      fc.integer({ min: 0, max: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(arrival, { selector: ([, n]) => n, maxLength: 12 }),
        async (arrivals) => {
          const { remember } = openCallbackHistory();
          for (const [index, [rating, n]] of arrivals.entries()) {
            const earlier = arrivals.slice(0, index).filter(([, other]) => other < n);
            const newest = earlier.toSorted((a, b) => b[1] - a[1])[0];
            expect(await remember(await event(rating, minute(n)))('previous_quality_rating')).toBe(
              newest?.[0],
            );
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('the earlier state of a contact is known to the rules of a history', async () => {
  const contact = (tier: string, at: string) =>
    read({
      app_id: 'app-1',
      event_time: at,
      contact_update_notification: {
        contact: { id: 'C', language: 'EN', metadata: JSON.stringify({ tier }) },
      },
    });
  const { remember } = openCallbackHistory();
  const first = remember(await contact('silver', minute(1)));
  expect(await first('contact_is_new')).toBe(true);
  expect(await first('previous_contact_metadata_json')).toBeUndefined();
  const second = remember(await contact('gold', minute(2)));
  expect(await second('changed_fields')).toEqual(['metadata', 'metadata.tier']);
  expect(await second('previous_contact_metadata_json')).toMatchObject({ tier: 'silver' });
});
