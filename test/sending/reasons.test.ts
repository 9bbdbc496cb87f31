import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConsentEvent, consentStateOf, SCOPES } from '../../src/objects/recipients/consent.ts';
import { refusals } from '../../src/sending/reasons.ts';

const CONTENTS = ['marketing', 'notification', 'other'] as const;
const asked = (history: readonly ConsentEvent[], content: (typeof CONTENTS)[number]) =>
  refusals({ person: 'P', history, ...consentStateOf(history) }, content);
const event = (more: Partial<ConsentEvent>): ConsentEvent => ({
  at: 1,
  scope: 'all',
  to: 'out',
  source: 'keyword',
  ...more,
});

const events = fc.array(
  fc.record({
    at: fc.nat(20),
    scope: fc.constantFrom(...SCOPES),
    to: fc.constantFrom('out' as const, 'in' as const),
    source: fc.constantFrom(
      'keyword' as const,
      'opt' as const,
      'channel' as const,
      'hand' as const,
      'import' as const,
    ),
    undone: fc.constantFrom(undefined, undefined, 'a wrong rule'),
  }),
  { maxLength: 12 },
);

describe('why somebody may not be written to', () => {
  test('is said exactly when a scope forbids it, whatever the history', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(...CONTENTS), (history, content) => {
        const { scopes } = consentStateOf(history);
        expect(asked(history, content).length > 0).toBe(
          scopes.all || (content !== 'other' && scopes[content]),
        );
      }),
    );
  });

  test('is proven by an event without which less would be refused, or another still proves it', () => {
    fc.assert(
      fc.property(events, (history) => {
        const [reason] = asked(history, 'other');
        if (!reason) return;
        const causes = history.filter(
          ({ at, scope, to, undone }) =>
            undone === undefined &&
            scope === 'all' &&
            to === 'out' &&
            new Date(at).toISOString() === reason.since,
        );
        expect(causes.length).toBeGreaterThan(0);
      }),
    );
  });

  test('is not proven by a STOP that a START lifted, while what was set by hand holds', () => {
    const history = [
      event({ at: 1, words: 'STOP', callbackId: 'D1' }),
      event({ at: 2, scope: 'marketing', source: 'hand', actor: 'ada', reason: 'she called' }),
      event({ at: 3, to: 'in', words: 'START', callbackId: 'D3' }),
    ];
    expect(asked(history, 'other')).toEqual([]);
    expect(asked(history, 'marketing')).toEqual([
      {
        code: 'opted_out_marketing',
        message: 'This person wants no marketing: put on the list by ada: she called.',
        since: '1970-01-01T00:00:00.002Z',
        decision_id: 'hand ada',
      },
    ]);
  });

  test.each([
    [event({ source: 'opt', callbackId: 'D' }), 'they opted out on the channel'],
    [
      event({ source: 'channel', callbackId: 'D' }),
      'the channel refused a message for that reason',
    ],
    [
      event({ source: 'import', actor: 'ada', reason: 'the old list (list crm)' }),
      'a list imported by ada: the old list (list crm)',
    ],
    [event({ source: 'keyword' }), 'they wrote so'],
  ])('is said in words: %o', (one, words) => {
    expect(asked([one], 'other')[0]?.message).toBe(
      `This person wants no messages at all: ${words}.`,
    );
  });
});
