import { messageOf } from '../errors.ts';

const DAY = 86_400_000;

/** How long a database that fails is left alone, in milliseconds: asking it with every callback would only add to its trouble. */
const PATIENCE = 60_000;

/** Until when a trigger need not be noted by this isolate, milliseconds since 1970, a deployment at a time. */
const settled = new WeakMap<object, Map<string, number>>();

/**
 * Notes that a callback brought a trigger, once an isolate, trigger and day, and does not wait for it. Whatever the journal keeps,
 * `/healthz` then knows that it is subscribed. What cannot be noted is noted with such a callback a minute later.
 * @param at when it came, in milliseconds since 1970
 * @param later `waitUntil`
 */
export function noteBrought(
  trigger: string,
  at: number,
  env: Pick<Env, 'DB'>,
  later: (work: Promise<unknown>) => void,
): void {
  const known = settled.get(env);
  // Nearly every callback ends here.
  if (at < (known?.get(trigger) ?? 0)) return;
  const until = known ?? new Map<string, number>();
  settled.set(env, until.set(trigger, (Math.floor(at / DAY) + 1) * DAY));
  const written = write(trigger, at, env).catch((error: unknown) => {
    until.set(trigger, at + PATIENCE);
    console.error({ event: 'trigger.not-noted', trigger, message: messageOf(error) });
  });
  later(written);
}

async function write(trigger: string, at: number, { DB }: Pick<Env, 'DB'>): Promise<void> {
  await DB.prepare(
    `INSERT INTO brought (trigger, first_at, last_at) VALUES (?1, ?2, ?2)
     ON CONFLICT (trigger) DO UPDATE SET last_at = max(last_at, excluded.last_at)`,
  )
    .bind(trigger, at)
    .run();
}

/** Those of some triggers that no callback ever brought. */
export async function unseenTriggers(
  triggers: readonly string[],
  { DB }: Pick<Env, 'DB'>,
): Promise<readonly string[]> {
  const { results } = await DB.prepare('SELECT trigger FROM brought').all<{ trigger: string }>();
  const brought = new Set(results.map(({ trigger }) => trigger));
  return triggers.filter((trigger) => !brought.has(trigger));
}
