import { expect, test } from 'vitest';
import { type ConsentEvent, consentStateOf } from '../../src/objects/recipients/consent.ts';
import { openRandom } from '../../src/simulator/world/random.ts';
import { standingOf } from './oracle/consent.ts';

const random = openRandom('consent-fold');

const drawEvent = (): ConsentEvent => ({
  at: random.int(12),
  scope: random.pick(['all', 'marketing', 'notification']),
  to: random.pick(['out', 'out', 'in', 'in', 'hold']),
  source: random.pick(['keyword', 'keyword', 'hand']),
  app: random.pick(['A', 'B', undefined]),
});

test('the oracle and the product fold any history of words and hands to the same consent', () => {
  for (let count = 0; count < 5_000; count++) {
    const stopScope = random.pick(['project', 'app'] as const);
    const history = Array.from({ length: random.int(9) }, drawEvent).map((event) =>
      stopScope === 'app' && event.to === 'out' && event.app
        ? { ...event, reach: 'app' as const }
        : event,
    );
    const { apps, others, scopes: any, reviewSince: heldSince } = consentStateOf(history);
    const changes = history.map(({ source, app = '', ...change }) => ({
      ...change,
      app,
      byHand: source === 'hand',
    }));
    expect(standingOf(changes, stopScope), JSON.stringify(history)).toEqual({
      apps,
      others,
      any,
      heldSince,
    });
  }
});
