import { DurableObject } from 'cloudflare:workers';

/** A rulebook that was published, or came with a deployment. Its body is in KV. Times are milliseconds since 1970. */
export interface Version {
  readonly version: string;
  readonly origin: 'published' | 'bundled';
  readonly author: string;
  readonly message: string;
  readonly at: number;
  /** The hash under which its examples are stored in KV. */
  readonly examples: string | null;
  readonly rules: number;
}

/** A change of the active or the shadow rulebook, by whom and why. `version` null: the bundled rules; for a shadow: none. */
export interface Change {
  readonly seq: number;
  readonly kind: 'activate' | 'rollback' | 'shadow';
  readonly version: string | null;
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
  /** The build that ran, like `0.1.0+3f9c2a10b7de`. */
  readonly code: string;
}

/** Which rulebook is active. */
export interface RulebookState {
  readonly seq: number;
  readonly version: string | null;
  /** The version that a rollback activates; null: the bundled rules. */
  readonly before: string | null;
  readonly shadow: string | null;
  /** Guardrails as JSON, file by file; null until some are published: those of the bundle. */
  readonly guardrails: string | null;
}

/** A requested change, based on the active version that the requester saw. */
export interface ChangeRequest extends Omit<Change, 'seq'> {
  /** The version that must be active for the change to apply; undefined: any. */
  readonly builtOn?: string | undefined;
  /** The version of the requester's bundle, which is active while nothing else is. */
  readonly bundled: string;
  /** The new guardrails, if they change. */
  readonly guardrails?: string | undefined;
}

export type ChangeAnswer =
  | { readonly changed: true; readonly seq: number }
  | { readonly changed: false; readonly inForce: string };

/** How many versions and changes are listed at most. */
const MAX_LISTED = 500;

/**
 * All rulebooks, which one is active, and the history of changes. One object, so that two
 * publishers cannot race.
 *
 * @storage Durable Object Rulebooks | one: versions with author, time and message; the active and
 *   the shadow rulebook, their history; the guardrails in force | `/v1/rulebooks` | the Worker,
 *   every 30 seconds | not limited
 * @storage KV rulebook:<version> | a rulebook without its examples, under the hash of its content
 *   | `PUT /v1/rulebooks`; the first callback of a deployment, for the bundled rulebook | the
 *   Worker, which verifies the hash | not limited
 * @storage KV rulebook-files:<version> | the files of a rulebook as they were written | `PUT /v1/rulebooks` | `GET /v1/rulebooks/{version}` | not limited
 * @storage KV rulebook-examples:<hash> | the examples and stories of a rulebook | `PUT /v1/rulebooks` | `GET
 *   /v1/rulebooks/{version}` | not limited
 */
export class Rulebooks extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS versions (version TEXT PRIMARY KEY, origin TEXT NOT NULL, author TEXT NOT NULL,
        message TEXT NOT NULL, at INTEGER NOT NULL, examples TEXT, rules INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, version TEXT,
        at INTEGER NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS guardrails (only INTEGER PRIMARY KEY CHECK (only = 1), json TEXT NOT NULL);`);
  }

  /** Returns which rulebook is active, and whether `version` is stored. */
  async readState(version: string): Promise<RulebookState & { readonly kept: boolean }> {
    return { ...this.#state(), kept: this.#find(version) !== undefined };
  }

  /** Records a version whose body is stored. A known version keeps its first record, except for newer examples. */
  async note({ version, origin, author, message, at, examples, rules }: Version): Promise<void> {
    this.#sql.exec(
      'INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET examples = coalesce(excluded.examples, examples)',
      version,
      origin,
      author,
      message,
      at,
      examples,
      rules,
    );
  }

  /** Changes the active or the shadow rulebook, if the active one is still the one that the requester saw. */
  async change({
    kind,
    version,
    at,
    actor,
    reason,
    code,
    builtOn,
    bundled,
    guardrails,
  }: ChangeRequest): Promise<ChangeAnswer> {
    const inForce = this.#state().version ?? bundled;
    if (builtOn !== undefined && builtOn !== inForce) return { changed: false, inForce };
    this.#sql.exec(
      'INSERT INTO changes (kind, version, at, actor, reason, code) VALUES (?, ?, ?, ?, ?, ?)',
      kind,
      version,
      at,
      actor,
      reason,
      code,
    );
    if (guardrails !== undefined)
      this.#sql.exec('INSERT OR REPLACE INTO guardrails VALUES (1, ?)', guardrails);
    return { changed: true, seq: this.#state().seq };
  }

  /** Returns the versions that begin with `prefix`, newest first. */
  async list(prefix = ''): Promise<readonly Version[]> {
    return this.#sql
      .exec<Version & Row>(
        'SELECT * FROM versions WHERE substr(version, 1, ?) = ? ORDER BY at DESC, version LIMIT ?',
        prefix.length,
        prefix,
        MAX_LISTED,
      )
      .toArray();
  }

  /** Returns the changes, newest first. */
  async history(): Promise<readonly Change[]> {
    return this.#sql
      .exec<Change & Row>('SELECT * FROM changes ORDER BY seq DESC LIMIT ?', MAX_LISTED)
      .toArray();
  }

  #find(version: string): Version | undefined {
    return this.#sql
      .exec<Version & Row>('SELECT * FROM versions WHERE version = ?', version)
      .toArray()[0];
  }

  #state(): RulebookState {
    const changes = this.#sql
      .exec<Change & Row>('SELECT * FROM changes ORDER BY seq DESC LIMIT ?', MAX_LISTED)
      .toArray();
    const [guardrails] = this.#sql.exec<{ json: string }>('SELECT json FROM guardrails').toArray();
    const stack = stackOf(changes.toReversed());
    return {
      seq: changes[0]?.seq ?? 0,
      version: stack.at(-1) ?? null,
      before: stack.at(-2) ?? null,
      shadow: changes.find(({ kind }) => kind === 'shadow')?.version ?? null,
      guardrails: guardrails?.json ?? null,
    };
  }
}

type Row = Record<string, SqlStorageValue>;

/** Returns the activated versions as a stack. A rollback pops, so that repeated rollbacks lead further back. */
function stackOf(changes: readonly Change[]): readonly (string | null)[] {
  const stack: (string | null)[] = [null];
  for (const { kind, version } of changes) {
    if (kind === 'shadow' || version === stack.at(-1)) continue;
    const index = kind === 'rollback' ? stack.lastIndexOf(version) : -1;
    if (index >= 0) stack.length = index + 1;
    else stack.push(version);
  }
  return stack;
}
