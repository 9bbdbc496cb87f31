import { afterEach, expect, test, vi } from 'vitest';
import { openBox } from './box.ts';
import { inbound, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** Opens a box whose bindings note their calls. What the answer does not wait for, the journal, is left out. */
function openNoting() {
  const box = openBox();
  const calls: string[] = [];
  const noting = (target: object, name: string): object =>
    new Proxy(target, {
      get(on, property) {
        const value: unknown = Reflect.get(on, property);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const isLookup = /^(get|getByName|idFrom\w+|jurisdiction|prepare|bind)$/.test(
            String(property),
          );
          const isStub = name === name.toUpperCase() && name !== 'KV' && name !== 'ARCHIVE';
          if (isLookup && isStub && property !== 'bind')
            return noting(Object(Reflect.apply(value, on, args)), `${name}.object`);
          calls.push(`${name.replace('.object', '')}.${String(property)}`);
          return Reflect.apply(value, on, args);
        };
      },
    });
  for (const [name, binding] of Object.entries(box.bindings))
    if (typeof binding === 'object' && binding !== null && !/^(JOURNAL|DB$|LOOKUPS)/.test(name))
      Reflect.set(box.bindings, name, noting(binding, name));
  return { box, calls };
}

/** The calls that the answer to a callback of each kind waits for, once an isolate is warm. A new one has to be justified here. */
const AWAITED: readonly (readonly [kind: string, calls: readonly string[], make: Make])[] = [
  ['SUBMIT', ['MESSAGES.noteSubmitted'], (n) => submitted(`01SUBMIT${n}`)],
  ['QUEUED', ['MESSAGES.noteStatus'], (n) => receipt(`01QUEUED${n}`, 'QUEUED_ON_CHANNEL')],
  [
    'DELIVERED',
    // The person was reached; and a threshold counts it behind the queue.
    ['MESSAGES.noteStatus', 'EFFECTS.sendBatch'],
    (n) => receipt(`01DELIVERED${n}`, 'DELIVERED'),
  ],
  ['READ', ['MESSAGES.noteStatus'], (n) => receipt(`01READ${n}`, 'READ')],
  [
    'FAILED',
    // The effects that fired and the counts of thresholds are one batch.
    ['MESSAGES.noteStatus', 'EFFECTS.sendBatch'],
    (n) => receipt(`01FAILED${n}`, 'FAILED', { code: 'RATE_LIMITED' }),
  ],
  // On which channel a person replied last: a choice of channels prefers it.
  [
    'inbound',
    ['RECIPIENTS.noteUse'],
    (n) => inbound('Where is my order?', { id: `01INBOUND${n}` }),
  ],
  // A budget bounds what a wrong rule does; linked identities are one person.
  [
    'STOP',
    ['BUDGETS.spend', 'RECIPIENTS.noteUse', 'RECIPIENTS.linksOf', 'RECIPIENTS.change'],
    (n) => inbound('STOP', { id: `01STOP${n}` }),
  ],
];
type Make = (n: number) => object;

test.each(AWAITED)('the answer to %s waits for %j and nothing else', async (_, awaited, make) => {
  const { box, calls } = openNoting();
  await box.take(make(0));
  calls.length = 0;
  const response = await box.post(make(1));
  const made = [...calls];
  expect(response.status).toBe(200);
  expect(made.toSorted()).toEqual(awaited.toSorted());
});
