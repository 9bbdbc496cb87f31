import * as v from 'valibot';
import {
  Entry,
  JournalledAction,
  JournalledRule,
  type ReadEntry,
  type Span,
  StoredFacts,
} from './entry.ts';

/** Search conditions, all of which must hold. Times are milliseconds since 1970. */
export interface Search {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly trigger?: string | undefined;
  readonly channel?: string | undefined;
  readonly appId?: string | undefined;
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  /** The outcome of a rule (`fired`, `shadow`, `erred`) or an action (`done`, …), or `none`: no rule fired. */
  readonly outcome?: string | undefined;
  /** Keyed hashes of one person: one for each possible channel. */
  readonly people?: readonly string[] | undefined;
  /** Keys of `searchKey`, all of which the entry must have. */
  readonly keys?: readonly string[] | undefined;
  /** The status that a delivery report has. */
  readonly status?: string | undefined;
  /** Only callbacks that name a message. */
  readonly ofMessages?: boolean | undefined;
  /** Whether to include the decisions of a rulebook in shadow. */
  readonly shadow?: boolean | undefined;
}

const RULE_OUTCOMES: readonly string[] = JournalledRule.entries.outcome.options;
const ACTION_OUTCOMES: readonly string[] = JournalledAction.entries.outcome.options;

const Row = v.object({
  id: v.string(),
  rulebook: v.string(),
  at: v.number(),
  event_at: v.number(),
  class: Entry.entries.class,
  trigger: v.string(),
  channel: v.nullable(v.string()),
  app_id: v.string(),
  person: v.nullable(v.string()),
  contact: v.nullable(v.string()),
  reason_code: v.nullable(v.string()),
  shadow: v.number(),
  facts: v.pipe(v.string(), v.parseJson(), StoredFacts),
  body: v.nullable(v.string()),
  ids: v.nullable(v.string()),
  rules: v.pipe(v.string(), v.parseJson(), v.array(v.nullish(v.unknown()))),
  actions: v.pipe(v.string(), v.parseJson(), v.array(v.nullish(v.unknown()))),
});

const of = (table: string, fields: string): string =>
  `(SELECT json_group_array(json_object(${fields})) FROM ${table} AS o WHERE o.id = d.id AND o.rulebook = d.rulebook)`;
const COLUMNS = `d.id, d.rulebook, d.at, d.event_at, d.class, d.trigger, d.channel, d.app_id, d.person, d.contact,
  d.reason_code, d.shadow, d.facts, d.ids,
  ${of('decided_rules', "'rule', o.rule, 'outcome', o.outcome, 'detail', o.detail")} AS rules,
  ${of('decided_actions', "'rule', o.rule, 'action', o.action, 'position', o.position, 'outcome', o.outcome, 'detail', o.detail, 'at', o.at")} AS actions`;

/** Returns entries after `cursor`, newest first. */
export async function searchEntries(
  search: Search,
  limit: number,
  cursor: string | undefined,
  DB: D1Database,
): Promise<readonly ReadEntry[]> {
  const { where, values } = conditions(search);
  const from = cursor === undefined ? undefined : readCursor(cursor);
  if (from) {
    where.push('(d.at, d.id, d.rulebook) < (?, ?, ?)');
    values.push(from.at, from.id, from.rulebook);
  }
  // A page needs no bodies: they are large and encrypted.
  const sql = `SELECT ${COLUMNS}, NULL AS body FROM decisions AS d ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
    ORDER BY d.at DESC, d.id DESC, d.rulebook DESC LIMIT ?`;
  const { results } = await DB.prepare(sql)
    .bind(...values, limit)
    .all();
  return results.map(readRow);
}

/** Returns the decisions about one callback, one for each rulebook, newest first. */
export async function entriesOf(id: string, DB: D1Database): Promise<readonly Entry[]> {
  const { results } = await DB.prepare(
    `SELECT ${COLUMNS}, d.body FROM decisions AS d WHERE d.id = ? ORDER BY d.shadow, d.at DESC, d.rulebook`,
  )
    .bind(id)
    .all();
  return results.map((row) => readRow(row).entry);
}

/** How many entries one query reads. */
const PAGE = 200;

/**
 * Reads the journal, oldest first, to evaluate it again. Entries of rulebooks in shadow are left out.
 * The caller may stop early and continue from the cursor of the last entry.
 */
export async function* readEntries(
  { since, until, cursor }: Span,
  DB: D1Database,
): AsyncGenerator<ReadEntry> {
  let from = cursor === undefined ? undefined : readCursor(cursor);
  for (;;) {
    const { results } = await DB.prepare(
      `SELECT ${COLUMNS}, d.body FROM decisions AS d
       WHERE d.shadow = 0 AND d.at >= ?1 AND d.at < ?2 AND (?3 IS NULL OR (d.at, d.id, d.rulebook) > (?3, ?4, ?5))
       ORDER BY d.at, d.id, d.rulebook LIMIT ${PAGE}`,
    )
      .bind(since, until, from?.at ?? null, from?.id ?? '', from?.rulebook ?? '')
      .all();
    for (const row of results) yield readRow(row);
    const last = results.at(-1);
    if (results.length < PAGE || !last) return;
    from = readCursor(readRow(last).cursor);
  }
}

function conditions(search: Search): { where: string[]; values: (string | number)[] } {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...bound: readonly (string | number | undefined)[]): void => {
    const given = bound.filter((value) => value !== undefined);
    if (given.length < bound.length) return;
    where.push(sql);
    values.push(...given);
  };
  add('d.at >= ?', search.since ?? 0);
  add('d.at < ?', search.until);
  add('d.trigger = ?', search.trigger);
  add('d.channel = ?', search.channel);
  add('d.app_id = ?', search.appId);
  if (!search.shadow) add('d.shadow = 0');
  if (search.people)
    add('d.person IN (SELECT value FROM json_each(?))', JSON.stringify(search.people));
  for (const key of search.keys ?? [])
    add('(d.id, d.rulebook) IN (SELECT id, rulebook FROM decision_keys WHERE key = ?)', key);
  add("json_extract(d.facts, '$.clear.status') = ?", search.status);
  if (search.ofMessages) add("json_extract(d.facts, '$.clear.message_id') IS NOT NULL");
  const { rule, action, outcome } = search;
  const exists = (table: string, columns: Readonly<Record<string, string | undefined>>): void => {
    const given = Object.entries(columns).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    );
    const tests = given.map(({ name }) => ` AND o.${name} = ?`).join('');
    add(
      `EXISTS (SELECT 1 FROM ${table} AS o WHERE o.id = d.id AND o.rulebook = d.rulebook${tests})`,
      ...given.map(({ value }) => value),
    );
  };
  const ofAction =
    action !== undefined || (outcome !== undefined && ACTION_OUTCOMES.includes(outcome));
  const ofRule = outcome !== undefined && RULE_OUTCOMES.includes(outcome);
  if (ofAction) exists('decided_actions', { rule, action, outcome: ofRule ? undefined : outcome });
  if (ofRule || (rule !== undefined && !ofAction))
    exists('decided_rules', { rule, outcome: ofRule ? outcome : undefined });
  if (outcome === 'none')
    add(
      'NOT EXISTS (SELECT 1 FROM decided_rules AS o WHERE o.id = d.id AND o.rulebook = d.rulebook)',
    );
  return { where, values };
}

function readRow(row: unknown): ReadEntry {
  const read = v.parse(Row, row);
  const given = (value: string | null): string | undefined => value ?? undefined;
  return {
    cursor: `${read.at}.${read.id}.${read.rulebook}`,
    entry: v.parse(Entry, {
      ...read,
      receivedAt: read.at,
      eventTime: read.event_at,
      channel: given(read.channel),
      appId: read.app_id,
      person: given(read.person),
      contact: given(read.contact),
      reasonCode: given(read.reason_code),
      shadow: read.shadow === 1,
      body: given(read.body),
      ids: given(read.ids),
      rules: read.rules.map(withoutNulls),
      actions: read.actions.map(withoutNulls),
    }),
  };
}

const withoutNulls = (value: unknown): object =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== null));

/** Parses a cursor. Returns undefined for a malformed one. */
function readCursor(cursor: string): { at: number; id: string; rulebook: string } | undefined {
  const [, at, id, rulebook] = /^(\d{1,15})\.([^.]{1,64})\.(.{1,128})$/.exec(cursor) ?? [];
  return at && id && rulebook ? { at: Number(at), id, rulebook } : undefined;
}

/** Returns the apps of the newest decisions, `limit` of them. */
export async function recentApps(limit: number, DB: D1Database): Promise<readonly string[]> {
  const { results } = await DB.prepare(
    'SELECT DISTINCT app_id AS app FROM (SELECT app_id FROM decisions WHERE at >= 0 ORDER BY at DESC LIMIT ?)',
  )
    .bind(limit)
    .all<{ app: string }>();
  return results.map((row) => row.app).filter((found) => found !== '');
}
