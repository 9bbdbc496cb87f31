import { countedIn, hourOf } from './counts.ts';
import type { Entry } from './entry.ts';
import { ERASED } from './erase-entries.ts';
import type { Drift, Note } from './journal-message.ts';

/** The largest parameter of one statement, in characters: D1 accepts 2 MB. */
const MAX_PARAMETER = 1_000_000;

/** Writes notes to D1. A repeated note changes nothing. All rows of a table are one statement. */
export async function writeNotes(notes: readonly Note[], DB: D1Database): Promise<void> {
  const entries = notes.flatMap((note) => (note.kind === 'entry' ? [note.entry] : []));
  const outcomes = notes.filter((note) => note.kind === 'outcome');
  for (const chunk of chunks(entries)) await DB.batch(entryStatements(chunk, DB));
  if (outcomes.length > 0) {
    await DB.prepare(`${ACTIONS} ${LATER}`).bind(JSON.stringify(outcomes)).run();
  }
}

const field = (name: string): string => `json_extract(value, '$.${name}')`;

const ACTIONS = `INSERT INTO decided_actions (id, rulebook, rule, position, action, outcome, detail, at)
  SELECT ${['id', 'rulebook', 'rule', 'position', 'action', 'outcome', 'detail', 'at'].map(field).join(', ')}
  FROM json_each(?1) WHERE true ON CONFLICT (id, rulebook, rule, position)`;

/**
 * An outcome `done` is final. `skipped`, also when dropped by an operator, can only become `done` or `failed`. An end replaces
 * `queued` whatever the times say: they come from isolates whose clocks differ.
 */
const LATER = `DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, at = excluded.at
  WHERE decided_actions.outcome <> 'done'
    AND (excluded.at >= decided_actions.at
      OR (decided_actions.outcome = 'queued' AND excluded.outcome IN ('done', 'skipped', 'failed')))
    AND (decided_actions.outcome <> 'skipped' OR excluded.outcome IN ('done', 'failed'))`;

function entryStatements(entries: readonly Entry[], DB: D1Database): D1PreparedStatement[] {
  const rows = entries.map(({ facts, rules: _, actions: __, ...entry }) => ({
    ...entry,
    shadow: entry.shadow ? 1 : 0,
    facts: JSON.stringify(facts),
    // As text, so that the list is stored as it is.
    keys: JSON.stringify(entry.keys),
  }));
  const keys = entries.flatMap(({ id, rulebook, keys: own }) =>
    own.map((key) => ({ key, id, rulebook })),
  );
  const rules = entries.flatMap(({ id, rulebook, receivedAt: at, rules: found }) =>
    found.map((rule) => ({ id, rulebook, at, ...rule })),
  );
  const actions = entries.flatMap(({ id, rulebook, receivedAt: at, actions: found }) =>
    found.map((action) => ({ id, rulebook, at, ...action })),
  );
  const columns = [
    ...['id', 'rulebook', 'receivedAt', 'eventTime', 'class', 'trigger', 'channel', 'appId'],
    ...['person', 'contact', 'reasonCode', 'shadow', 'facts', 'body', 'keys', 'ids'],
  ];
  return [
    countStatement(entries, DB),
    DB.prepare(
      `INSERT OR IGNORE INTO decisions
         (id, rulebook, at, event_at, class, trigger, channel, app_id, person, contact, reason_code, shadow, facts, body, keys, ids)
       SELECT ${columns.map(field).join(', ')} FROM json_each(?1)`,
    ).bind(JSON.stringify(rows)),
    DB.prepare(
      `INSERT OR IGNORE INTO decision_keys (key, id, rulebook)
       SELECT ${['key', 'id', 'rulebook'].map(field).join(', ')} FROM json_each(?1)`,
    ).bind(JSON.stringify(keys)),
    DB.prepare(
      `UPDATE decisions SET person = NULL, contact = NULL, body = NULL, ids = NULL, facts = ?2
       WHERE id IN (SELECT ${field('id')} FROM json_each(?1))
         AND EXISTS (SELECT 1 FROM erased_entries AS erased
                     WHERE erased.person IN (decisions.person, decisions.contact) AND erased.at >= decisions.event_at)`,
    ).bind(JSON.stringify(entries.map(({ id }) => ({ id }))), ERASED),
    DB.prepare(
      `UPDATE decisions SET ids = NULL, body = NULL
       WHERE id IN (SELECT ${field('id')} FROM json_each(?1)) AND ids IS NOT NULL
         AND EXISTS (SELECT 1 FROM json_each(decisions.keys) AS own JOIN erased_entries AS erased ON erased.person = own.value
                     WHERE erased.at >= decisions.event_at)`,
    ).bind(JSON.stringify(entries.map(({ id }) => ({ id })))),
    DB.prepare(
      `INSERT OR IGNORE INTO decided_rules (id, rulebook, rule, outcome, detail, at)
       SELECT ${['id', 'rulebook', 'rule', 'outcome', 'detail', 'at'].map(field).join(', ')} FROM json_each(?1)`,
    ).bind(JSON.stringify(rules)),
    DB.prepare(`${ACTIONS} DO NOTHING`).bind(JSON.stringify(actions)),
    DB.prepare(
      `INSERT INTO rules_fired (rule, at) SELECT ${field('rule')}, max(${field('at')}) FROM json_each(?1)
       WHERE ${field('outcome')} = 'fired' GROUP BY 1 ON CONFLICT (rule) DO UPDATE SET at = max(at, excluded.at)`,
    ).bind(JSON.stringify(rules)),
  ];
}

/** Counts entries that are not stored yet: a statement before the one that stores them. */
function countStatement(entries: readonly Entry[], DB: D1Database): D1PreparedStatement {
  const once = new Map(entries.map((entry) => [`${entry.id} ${entry.rulebook}`, entry]));
  const counted = [...once.values()].flatMap((entry) =>
    countedIn(entry).map(([kind, name]) => ({
      id: entry.id,
      rulebook: entry.rulebook,
      hour: hourOf(entry.receivedAt),
      kind,
      name,
    })),
  );
  return DB.prepare(
    `INSERT INTO counts (hour, kind, name, n)
     SELECT ${field('hour')}, ${field('kind')}, ${field('name')}, count(*) FROM json_each(?1)
     WHERE NOT EXISTS (SELECT 1 FROM decisions WHERE id = ${field('id')} AND rulebook = ${field('rulebook')})
     GROUP BY 1, 2, 3 ON CONFLICT (hour, kind, name) DO UPDATE SET n = n + excluded.n`,
  ).bind(JSON.stringify(counted));
}

/** Splits entries into portions that fit into one statement. */
function chunks(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const found: Entry[][] = [];
  let size = MAX_PARAMETER;
  for (const entry of entries) {
    const own = JSON.stringify(entry).length;
    if (size + own > MAX_PARAMETER) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(entry);
    size += own;
  }
  return found;
}

/** Writes a drift, once a day. */
export async function writeDrift(drift: Drift, DB: D1Database): Promise<void> {
  const { day, kind, trigger, name, value, at, callbackId, fixture } = drift;
  await DB.prepare(
    'INSERT OR IGNORE INTO drift (day, kind, trigger, name, value, at, callback_id, fixture) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
    .bind(day, kind, trigger, name, value, at, callbackId, fixture)
    .run();
}

/** Returns whether a drift of that day is stored. */
export async function hasDrift(
  { day, kind, trigger, name, value }: Drift,
  DB: D1Database,
): Promise<boolean> {
  const found = await DB.prepare(
    'SELECT 1 FROM drift WHERE day = ? AND kind = ? AND trigger = ? AND name = ? AND value = ?',
  )
    .bind(day, kind, trigger, name, value)
    .first();
  return found !== null;
}
