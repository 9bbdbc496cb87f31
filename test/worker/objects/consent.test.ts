import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type ConsentChange,
  consentStateOf,
  SCOPES,
  type Scope,
  type Scopes,
} from '../../../src/objects/recipients/consent.ts';
import { runs } from '../../setup/runs.ts';
import { evict, reset } from '../storage.ts';

afterEach(reset);

type Event = Pick<ConsentChange, 'at' | 'scope' | 'to' | 'source'>;
const address = { channel: 'SMS', identity: '46732001122', appId: '' };
const shard = () => env.RECIPIENTS.getByName('shard-0');

/** Few moments, so that ties are common. */
const anyEvent: fc.Arbitrary<Event> = fc.record({
  at: fc.integer({ min: 1, max: 6 }),
  scope: fc.constantFrom(...SCOPES),
  to: fc.constantFrom('out', 'in'),
  source: fc.constantFrom('keyword', 'opt', 'channel', 'hand', 'import'),
});

/** What is meant, said the other way round: each register holds its newest event, and `out` of several. */
function meant(events: readonly Event[]): Scopes {
  const holdsOut = (scope: Scope, hand: boolean): boolean => {
    const about = events.filter(({ to, scope: said, source }) =>
      to === 'out'
        ? said === scope && (source === 'hand') === hand
        : (said === scope || said === 'all') && (source === 'hand' || !hand),
    );
    const newest = Math.max(...about.map(({ at }) => at));
    return about.some(({ at, to }) => at === newest && to === 'out');
  };
  const out = (scope: Scope): boolean => holdsOut(scope, false) || holdsOut(scope, true);
  return {
    all: out('all'),
    marketing: out('all') || out('marketing'),
    notification: out('all') || out('notification'),
  };
}

const stop = (at: number, more: Partial<Event> = {}): Event => ({
  at,
  scope: 'all',
  to: 'out',
  source: 'keyword',
  ...more,
});
const start = (at: number, more: Partial<Event> = {}): Event => ({ ...stop(at, more), to: 'in' });
const none = { all: false, marketing: false, notification: false };
const everything = { all: true, marketing: true, notification: true };
const onlyMarketing = { ...none, marketing: true };

describe('consent', () => {
  test.each<[string, Event[], Scopes, number | undefined]>([
    ['is given while nobody said anything', [], none, undefined],
    ['is gone after STOP', [stop(1)], everything, 1],
    ['is back after a later START', [stop(1), start(2)], none, undefined],
    ['is gone when START was earlier', [start(1), stop(2)], everything, 2],
    ['is gone when both are of the same moment', [start(1), stop(1)], everything, 1],
    ['was gone since the first STOP', [stop(1), stop(5)], everything, 1],
    [
      'was gone since the STOP after the last START',
      [stop(1), start(2), stop(3), stop(4)],
      everything,
      3,
    ],
    ['can be gone for marketing alone', [stop(1, { scope: 'marketing' })], onlyMarketing, 1],
    [
      'for all comes back with START for all, whatever was refused',
      [stop(1, { scope: 'marketing' }), start(2)],
      none,
      undefined,
    ],
    [
      'for marketing stays gone when only all comes back… by marketing alone',
      [stop(1), start(2, { scope: 'marketing' })],
      everything,
      1,
    ],
    [
      'that somebody here took away is not lifted by START',
      [stop(1, { source: 'hand' }), start(2)],
      everything,
      1,
    ],
    [
      'that somebody here took away is lifted by hand',
      [stop(1, { source: 'hand' }), start(2, { source: 'hand' })],
      none,
      undefined,
    ],
    [
      'that a person took away is lifted by hand too',
      [stop(1), start(2, { source: 'hand' })],
      none,
      undefined,
    ],
    [
      'stays gone by the person’s word when only older hands lifted it',
      [start(1, { source: 'hand' }), stop(2)],
      everything,
      2,
    ],
    [
      'that a channel refused is lifted by START',
      [stop(1, { source: 'channel', scope: 'marketing' }), start(2)],
      none,
      undefined,
    ],
  ])('%s', (_, events, scopes, since) => {
    for (const arrived of [events, events.toReversed()]) {
      expect(consentStateOf(arrived)).toEqual({
        suppressed: scopes.all,
        scopes,
        ...(since !== undefined && { since }),
        apps: events.length > 0 ? { '': scopes } : {},
        others: scopes,
      });
    }
  });

  test('is what the newest event of each register says, in any order of arrival', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        expect(consentStateOf(events).scopes).toEqual(meant(events));
        expect(consentStateOf(events.toReversed())).toEqual(consentStateOf(events));
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('the consent that an object keeps', () => {
  let people = 0;

  test('is the same in any order, with any redelivery, and evicted at any moment', async () => {
    const steps = fc.array(anyEvent, { minLength: 1, maxLength: 8 }).chain((events) => {
      const places = events.map((_, place) => place);
      return fc.record({
        events: fc.constant(events),
        // Every event at least once, some again, in any order, in calls of any size.
        arrivals: fc.tuple(
          fc.shuffledSubarray(places, { minLength: places.length }),
          fc.array(fc.constantFrom(...places), { maxLength: 4 }),
        ),
        batch: fc.integer({ min: 1, max: 4 }),
        evictions: fc.array(fc.nat({ max: 8 }), { maxLength: 2 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(steps, async ({ events, arrivals, batch, evictions }) => {
        const person = `person-${people++}`;
        const places = arrivals.flat();
        const answers = new Map<number, unknown>();
        for (let at = 0; at < places.length; at += batch) {
          const some = places.slice(at, at + batch);
          const changes = some.flatMap((place) => {
            const event = events[place];
            return event ? [{ ...event, person, address, key: `key-${place}` }] : [];
          });
          const outcomes = await shard().change(changes);
          some.forEach((place, n) => {
            if (answers.has(place)) expect(outcomes[n]).toEqual(answers.get(place));
            else answers.set(place, outcomes[n]);
          });
          if (evictions.includes(at)) await evict(shard());
        }
        const [consent] = await shard().read([person]);
        expect(consent?.scopes).toEqual(meant(events));
        expect(consent?.suppressed).toBe(meant(events).all);
        expect(consent?.history).toHaveLength(events.length);
        expect(consent?.history.map(({ at }) => at)).toEqual(
          events.map(({ at }) => at).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: runs(40) },
    );
  });
});
