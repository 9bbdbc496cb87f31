import { DurableObject } from 'cloudflare:workers';
import { messageOf } from '../../errors.ts';
import { setAlarm } from '../alarm.ts';

/** How long counts are collected in memory before they are stored, in milliseconds. */
const COLLECT = 10_000;
/** The most series. Labels come from rules, settings and known channels, so a real deployment has some hundred. */
const MAX_SERIES = 10_000;

/** What an isolate has counted: numbers to add, and times of which the newest counts. */
export interface Counts {
  readonly add: Readonly<Record<string, number>>;
  readonly latest: Readonly<Record<string, number>>;
}

/**
 * The totals of all isolates. They are collected in memory and stored every ten seconds, so that a busy deployment writes few rows.
 * Totals that were read are stored before, so they never decrease: Prometheus would take that for a restart.
 *
 * @storage Durable Object Metrics | one: totals by metric and labels (trigger, channel, rule, action, destination); no content of
 *   callbacks | every isolate, once in `METRICS_INTERVAL` | `/metrics` | not limited
 */
export class Metrics extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #totals = new Map<string, number>();
  readonly #dirty = new Set<string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS totals (series TEXT PRIMARY KEY, n REAL NOT NULL) WITHOUT ROWID',
    );
    for (const { series, n } of this.#sql.exec<{ series: string; n: number }>(
      'SELECT series, n FROM totals',
    ))
      this.#totals.set(series, n);
  }

  /** Adds what an isolate has counted. */
  async count({ add, latest }: Counts): Promise<void> {
    const clean = this.#dirty.size === 0;
    for (const [series, n] of Object.entries(add)) this.#set(series, (known) => known + n);
    for (const [series, at] of Object.entries(latest))
      this.#set(series, (known) => Math.max(known, at));
    if (clean && this.#dirty.size > 0) await setAlarm(this.ctx.storage, Date.now() + COLLECT);
  }

  /** Returns the total of each series. */
  async read(): Promise<Readonly<Record<string, number>>> {
    this.#store();
    return Object.fromEntries(this.#totals);
  }

  override async alarm(): Promise<void> {
    try {
      this.#store();
    } catch (error) {
      // @event metrics.not-stored | Totals of metrics could not be stored; it is tried again.
      console.error({ event: 'metrics.not-stored', message: messageOf(error) });
      await setAlarm(this.ctx.storage, Date.now() + COLLECT);
    }
  }

  #set(series: string, change: (known: number) => number): void {
    const known = this.#totals.get(series);
    if (known === undefined && this.#totals.size >= MAX_SERIES) return;
    this.#totals.set(series, change(known ?? 0));
    this.#dirty.add(series);
  }

  #store(): void {
    if (this.#dirty.size === 0) return;
    const rows = [...this.#dirty].map((series) => ({ series, n: this.#totals.get(series) ?? 0 }));
    this.#sql.exec(
      `INSERT INTO totals SELECT json_extract(value, '$.series'), json_extract(value, '$.n') FROM json_each(?)
       WHERE true ON CONFLICT (series) DO UPDATE SET n = excluded.n`,
      JSON.stringify(rows),
    );
    this.#dirty.clear();
  }
}
