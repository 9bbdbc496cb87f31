import { messageOf } from '../errors.ts';

const DAY = 86_400_000;

/** How long (ms) after a failed write no other is tried: a write with every callback would add load to a failing database. */
const RETRY_AFTER = 60_000;

/** Until when this isolate need not store a trigger again (milliseconds since 1970), for each environment. */
const settled = new WeakMap<object, Map<string, number>>();

/**
 * Stores that a callback of this trigger arrived, once for each isolate, trigger and day, in the
 * background. `/healthz` then knows that it is subscribed, whatever the journal stores. A failed write
 * is repeated with a callback a minute later.
 * @param at when it arrived, in milliseconds since 1970
 * @param later `waitUntil`
 */
export function noteTrigger(
  trigger: string,
  at: number,
  env: Pick<Env, 'DB'>,
  later: (work: Promise<unknown>) => void,
): void {
  const known = settled.get(env);
  // Nearly every callback returns here.
  if (at < (known?.get(trigger) ?? 0)) return;
  const until = known ?? new Map<string, number>();
  settled.set(env, until.set(trigger, (Math.floor(at / DAY) + 1) * DAY));
  const written = write(trigger, at, env).catch((error: unknown) => {
    until.set(trigger, at + RETRY_AFTER);
    // @event trigger.not-stored | The first callback of a trigger could not be noted; the next
    //   one tries again.
    console.error({ event: 'trigger.not-stored', trigger, message: messageOf(error) });
  });
  later(written);
}

async function write(trigger: string, at: number, { DB }: Pick<Env, 'DB'>): Promise<void> {
  await DB.prepare(
    `INSERT INTO seen_triggers (trigger, first_at, last_at) VALUES (?1, ?2, ?2)
     ON CONFLICT (trigger) DO UPDATE SET last_at = max(last_at, excluded.last_at)`,
  )
    .bind(trigger, at)
    .run();
}

/** Returns those triggers of which no callback ever arrived. */
export async function unseenTriggers(
  triggers: readonly string[],
  { DB }: Pick<Env, 'DB'>,
): Promise<readonly string[]> {
  const { results } = await DB.prepare('SELECT trigger FROM seen_triggers').all<{
    trigger: string;
  }>();
  const seen = new Set(results.map(({ trigger }) => trigger));
  return triggers.filter((trigger) => !seen.has(trigger));
}
