import type { ConsentEvent } from './consent.ts';

/** The fields of an event and their columns. */
const COLUMNS = {
  ...{ at: 'at', scope: 'scope', to: 'to', source: 'source' },
  ...{ app: 'app', reach: 'reach', words: 'words', evidence: 'evidence' },
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
const EVENT = `json_array(person, ${Object.values(COLUMNS).map((column) => `"${column}"`)})`;

/**
 * Returns all consent events of these people, oldest first, as JSON of `[person, ...fields]`. SQLite
 * writes the JSON and the RPC carries one text: a fraction of the cost of one object per row.
 * @param asked JSON of their keyed hashes, each once
 */
export function readHistories(sql: SqlStorage, asked: string): string {
  const rows = sql.exec<{ event: string }>(
    `SELECT ${EVENT} AS event FROM json_each(?) AS asked CROSS JOIN changes ON person = asked.value
     ORDER BY changes.at, changes.key`,
    asked,
  );
  return `[${Array.from(rows, ({ event }) => event)}]`;
}

/** Parses that JSON into the history of each person who has one. Empty fields are left out. */
export function parseHistories(json: string): Map<string, ConsentEvent[]> {
  const histories = new Map<string, ConsentEvent[]>();
  // `readHistories` wrote it.
  for (const [person, ...values] of JSON.parse(json) as [string, ...unknown[]][]) {
    const event = eventOf(values);
    const known = histories.get(person);
    if (known) known.push(event);
    else histories.set(person, [event]);
  }
  return histories;
}

/** Builds an event from a row's values, in the order of `COLUMNS`. */
function eventOf(values: readonly unknown[]): ConsentEvent {
  const event: Record<string, unknown> = {};
  for (let place = 0; place < NAMES.length; place++) {
    if (values[place] !== null) event[NAMES[place] ?? ''] = values[place];
  }
  // `COLUMNS` names each field of an event, and the table holds the values of changes.
  return event as unknown as ConsentEvent;
}
