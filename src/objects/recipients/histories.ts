import type { ConsentEvent } from './consent.ts';

/** What an event says, and the column that holds it. */
const COLUMNS = {
  ...{ at: 'at', scope: 'scope', to: 'to', source: 'source', words: 'words', evidence: 'evidence' },
  ...{
    callbackId: 'callback_id',
    rule: 'rule',
    rulebook: 'rulebook',
    actor: 'actor',
    reason: 'reason',
  },
  ...{ imported: 'imported', hops: 'hops', undone: 'undone' },
} as const satisfies Record<keyof ConsentEvent, string>;

const NAMES = Object.keys(COLUMNS);
const TOLD = `json_array(person, ${Object.values(COLUMNS).map((column) => `"${column}"`)})`;

/**
 * Everything on record of these people's consent, oldest first, as JSON of `[person, ...what the event says]`. SQLite writes
 * it and one text travels: that costs a fraction of making an object of every row, sending it and making it again.
 * @param asked JSON of their keyed hashes, each once
 */
export function readHistories(sql: SqlStorage, asked: string): string {
  const rows = sql.exec<{ told: string }>(
    `SELECT ${TOLD} AS told FROM json_each(?) AS asked CROSS JOIN changes ON person = asked.value
     ORDER BY changes.at, changes.key`,
    asked,
  );
  return `[${Array.from(rows, ({ told }) => told)}]`;
}

/** Each person's history, of those who have one. What was not said is left out. */
export function historiesOf(told: string): Map<string, ConsentEvent[]> {
  const histories = new Map<string, ConsentEvent[]>();
  // Only ever written by `readHistories`.
  for (const [person, ...values] of JSON.parse(told) as [string, ...unknown[]][]) {
    const event = eventOf(values);
    const known = histories.get(person);
    if (known) known.push(event);
    else histories.set(person, [event]);
  }
  return histories;
}

/** An event of a row's values, in the order of `COLUMNS`. */
function eventOf(values: readonly unknown[]): ConsentEvent {
  const event: Record<string, unknown> = {};
  for (let place = 0; place < NAMES.length; place++) {
    if (values[place] !== null) event[NAMES[place] ?? ''] = values[place];
  }
  // `COLUMNS` names each field of an event, and the table holds what a change said.
  return event as unknown as ConsentEvent;
}
