import { readCallback } from '../../src/callbacks/callback.ts';
import { consumeJournal } from '../../src/journal/consume.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { open } from '../../src/services.ts';
import worker from '../../src/worker.ts';
import { type Fill, READ_FILE, type Recorded } from './measured.ts';

export * from '../../src/worker.ts';

/** The statements of the journal's database since they were asked for last, each with its plan. */
let recorded: { sql: string; ms: number; values: readonly unknown[] }[] = [];
const originals = new WeakMap<object, { sql: string; statement: D1PreparedStatement }>();

/** Records each statement of a database with the time that it took. */
function recording(database: D1Database): D1Database {
  const wrap = (
    sql: string,
    statement: D1PreparedStatement,
    values: readonly unknown[],
  ): object => {
    const all = async () => {
      const result = await statement.all<Record<string, unknown>>();
      recorded.push({ sql, values, ms: result.meta.duration });
      return result;
    };
    const own = {
      bind: (...bound: unknown[]) => wrap(sql, statement.bind(...bound), bound),
      all,
      run: all,
      async first(column?: string) {
        const [row] = (await all()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
    };
    originals.set(own, { sql, statement });
    return own;
  };
  const own: Pick<D1Database, 'prepare' | 'batch'> = {
    // The journal uses these methods of a statement and no others.
    prepare: (sql) => wrap(sql, database.prepare(sql), []) as D1PreparedStatement,
    async batch<T>(statements: D1PreparedStatement[]) {
      const known = statements.flatMap((one) => originals.get(one) ?? []);
      const results = await database.batch<T>(known.map(({ statement }) => statement));
      for (const [at, { meta }] of results.entries())
        recorded.push({ sql: known[at]?.sql ?? '', values: [], ms: meta.duration });
      return results;
    },
  };
  return own as D1Database; // the journal uses no other method
}

/** Records each reading of a bucket, with the time until its answer begins. */
const recordingBucket = (bucket: R2Bucket): R2Bucket =>
  new Proxy(bucket, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'get') return value.bind(target);
      return async (...args: unknown[]) => {
        const began = Date.now();
        const file: unknown = await Reflect.apply(value, target, args);
        recorded.push({ sql: READ_FILE, values: [], ms: Date.now() - began });
        return file;
      };
    },
  });

/** Moves all entries that are old enough to R2, as the hourly run does. */
async function move(env: Env, context: ExecutionContext): Promise<number> {
  const whole = 'SELECT count(*) AS n FROM pages WHERE object IS NULL';
  const left = async () => (await env.JOURNAL_DB.prepare(whole).first<{ n: number }>())?.n ?? 0;
  for (
    let before = Number.POSITIVE_INFINITY, n = await left();
    n < before;
    [before, n] = [n, await left()]
  )
    await worker.scheduled(
      { cron: '47 * * * *', scheduledTime: Date.now(), noRetry: () => {} },
      env,
      context,
    );
  recorded = [];
  return left();
}

let environment: Env | undefined;
const queued: unknown[] = [];
const collecting = {
  send: async (body: unknown) => void queued.push(body),
  sendBatch: async (messages: Iterable<MessageSendRequest>) => {
    for (const { body } of messages) queued.push(body);
  },
  metrics: async () => ({ backlogCount: 0, backlogBytes: 0 }),
};

function environmentOf(env: Env): Env {
  environment ??= {
    ...env,
    JOURNAL_DB: recording(env.JOURNAL_DB),
    ARCHIVE: recordingBucket(env.ARCHIVE),
    JOURNAL_QUEUE: collecting as unknown as Queue, // the journal uses no other method
  };
  return environment;
}

/** Journals callbacks of a sample, each about another message and one of some people, spread over a span of time. */
async function fill({ bodies, first, count, people, since, until, total }: Fill, env: Env) {
  const under: Promise<unknown>[] = [];
  const services = open(env, (work) => void under.push(work));
  const rulebook = await services.rulebook();
  const samples = await Promise.all(
    bodies.map((body) => readCallback(new TextEncoder().encode(body), until)),
  );
  for (let n = first; n < first + count; n++) {
    const sample = samples[n % samples.length];
    if (!sample) break;
    const at = since + Math.floor(((until - since) * n) / total);
    const address = { channel: 'SMS', identity: String(46_700_000_000 + (n % people)) };
    const callback = {
      ...sample,
      id: `01BENCH${String(n).padStart(19, '0')}`,
      eventTime: at,
      receivedAt: at,
      subject: { ...sample.subject, ...address },
    };
    const decision = await decide(rulebook, callback, async () => undefined);
    services.journal.note({ callback, rulebook, decision, recalled: {}, outcomes: [] });
  }
  // Collected notes are queued by work that begins later.
  while (under.length > 0) await Promise.all(under.splice(0));
  const messages = queued.splice(0).map((body, place) => ({
    ...{ id: String(place), timestamp: new Date(), attempts: 1, body },
    ack: () => {},
    retry: () => {
      throw new Error('entries could not be written');
    },
  }));
  for (let at = 0; at < messages.length; at += 100) {
    const batch = {
      ...{ queue: 'signalbox-journal', messages: messages.slice(at, at + 100) },
      ...{ ackAll: () => {}, retryAll: () => {} },
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    };
    await consumeJournal(batch, services, env);
  }
  recorded = [];
}

/** Returns the statements that were recorded, each once, with its plan. */
async function take(database: D1Database): Promise<readonly Recorded[]> {
  const all = recorded;
  recorded = [];
  return Promise.all(
    all.map(async ({ sql, values, ms }) => {
      if (sql === READ_FILE) return { sql, ms, plan: [] };
      const statement = database.prepare(`EXPLAIN QUERY PLAN ${sql}`);
      const bound = values.length > 0 ? statement.bind(...values) : statement;
      const plan = await bound.all<{ detail: string }>().catch(() => undefined);
      return { sql, ms, plan: plan?.results.map(({ detail }) => detail) ?? [] };
    }),
  );
}

/** `/fill` journals callbacks; `/move` moves old ones to R2; `/recorded` answers what was asked of the database; all else is Signalbox. */
export default {
  ...worker,
  async fetch(request: Request, real: Env, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    const env = environmentOf(real);
    if (pathname === '/fill') {
      await fill(await request.json<Fill>(), env);
      return Response.json({});
    }
    if (pathname === '/move') return Response.json({ left: await move(env, context) });
    if (pathname === '/recorded') return Response.json(await take(real.JOURNAL_DB));
    return worker.fetch(request, env, context);
  },
};
