import { DurableObject } from 'cloudflare:workers';

/** A rulebook that was published, or came with a deployment. Its body lies in KV. Times are milliseconds since 1970. */
export interface Version {
  readonly version: string;
  readonly origin: 'published' | 'bundled';
  readonly author: string;
  readonly message: string;
  readonly at: number;
  /** The hash under which its examples lie. */
  readonly examples: string | null;
  readonly rules: number;
}

/** What was put in force, or in shadow, by whom and why. `version` null: the bundled rules; of a shadow: none. */
export interface Change {
  readonly seq: number;
  readonly kind: 'activate' | 'rollback' | 'shadow';
  readonly version: string | null;
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
}

/** Which rulebook is in force. */
export interface Standing {
  readonly seq: number;
  readonly version: string | null;
  /** What a rollback returns to; null: the bundled rules. */
  readonly before: string | null;
  readonly shadow: string | null;
  /** Guardrails as JSON, file by file; null as long as nothing was published: those of the bundle. */
  readonly guardrails: string | null;
}

/** A change that somebody asks for, on the ground of what he saw in force. */
export interface ChangeRequest extends Omit<Change, 'seq'> {
  /** The version that must be in force for the change to count; none: whatever is. */
  readonly builtOn?: string | undefined;
  /** The version of the asker's bundle, which is in force while nothing else is. */
  readonly bundled: string;
  /** The guardrails from then on, if they change. */
  readonly guardrails?: string | undefined;
}

export type ChangeAnswer =
  | { readonly changed: true; readonly seq: number }
  | { readonly changed: false; readonly inForce: string };

/** Versions that are listed at most. */
const MOST = 500;

/** All rulebooks there are, which one is in force, and who put it there. One object: two publishers must not race. */
export class Rulebooks extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS versions (version TEXT PRIMARY KEY, origin TEXT NOT NULL, author TEXT NOT NULL,
        message TEXT NOT NULL, at INTEGER NOT NULL, examples TEXT, rules INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, version TEXT,
        at INTEGER NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS guardrails (only INTEGER PRIMARY KEY CHECK (only = 1), json TEXT NOT NULL);`);
  }

  /** What is in force, and whether `version` is kept. */
  async ask(version: string): Promise<Standing & { readonly kept: boolean }> {
    return { ...this.#standing(), kept: this.#find(version) !== undefined };
  }

  /** Notes a version whose body is kept. One that is known stays as it was noted first, but for newer examples. */
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

  /** Changes what is in force or in shadow, if what is in force is still what the asker saw. */
  async change({
    kind,
    version,
    at,
    actor,
    reason,
    builtOn,
    bundled,
    guardrails,
  }: ChangeRequest): Promise<ChangeAnswer> {
    const inForce = this.#standing().version ?? bundled;
    if (builtOn !== undefined && builtOn !== inForce) return { changed: false, inForce };
    this.#sql.exec(
      'INSERT INTO changes (kind, version, at, actor, reason) VALUES (?, ?, ?, ?, ?)',
      kind,
      version,
      at,
      actor,
      reason,
    );
    if (guardrails !== undefined)
      this.#sql.exec('INSERT OR REPLACE INTO guardrails VALUES (1, ?)', guardrails);
    return { changed: true, seq: this.#standing().seq };
  }

  /** The versions that begin with `prefix`, the newest first. */
  async list(prefix = ''): Promise<readonly Version[]> {
    return this.#sql
      .exec<Version & Row>(
        'SELECT * FROM versions WHERE substr(version, 1, ?) = ? ORDER BY at DESC, version LIMIT ?',
        prefix.length,
        prefix,
        MOST,
      )
      .toArray();
  }

  /** Every change, the newest first. */
  async history(): Promise<readonly Change[]> {
    return this.#sql
      .exec<Change & Row>('SELECT * FROM changes ORDER BY seq DESC LIMIT ?', MOST)
      .toArray();
  }

  #find(version: string): Version | undefined {
    return this.#sql
      .exec<Version & Row>('SELECT * FROM versions WHERE version = ?', version)
      .toArray()[0];
  }

  #standing(): Standing {
    const changes = this.#sql
      .exec<Change & Row>('SELECT * FROM changes ORDER BY seq DESC LIMIT ?', MOST)
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

/** What was put in force on top of what: a rollback takes off, so that one after the other leads further back. */
function stackOf(changes: readonly Change[]): readonly (string | null)[] {
  const stack: (string | null)[] = [null];
  for (const { kind, version } of changes) {
    if (kind === 'shadow' || version === stack.at(-1)) continue;
    const place = kind === 'rollback' ? stack.lastIndexOf(version) : -1;
    if (place >= 0) stack.length = place + 1;
    else stack.push(version);
  }
  return stack;
}
