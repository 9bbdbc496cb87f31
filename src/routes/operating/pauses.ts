import type { Context } from 'hono';
import type * as v from 'valibot';
import {
  dropHeld,
  type HeldItem,
  listHeld,
  listPauses,
  pause,
  releaseHeld,
  resume,
  type Settling,
  type Pause as Shown,
} from '../../api/operating/pauses.ts';
import { time } from '../../api/operation.ts';
import { AppError } from '../../errors.ts';
import type { Pause } from '../../objects/pauses/pauses.ts';
import { open } from '../../services.ts';
import type { HeldRow, Settled } from '../../stores/held/held.ts';
import { checkPause, unheardOf } from '../check-names.ts';
import { route } from '../route.ts';
import { onRecord, type Secured } from '../token.ts';

/** The number of held items that one call settles. */
const AT_ONCE = 500;

const shown = ({ since, ...pause }: Pause): Shown => ({ ...pause, since: time(since) });
const item = ({ at, callback_id: decision, decided_at: decided, ...row }: HeldRow): HeldItem => ({
  ...row,
  decision,
  at: time(at),
  decided_at: decided === null ? null : time(decided),
});

/** Opens the services; journal records are written after the response. */
const services = (c: Context<Secured>) => open(c.env, (work) => c.executionCtx.waitUntil(work));

/** `/v1/pauses`: pauses, each with its actor and reason. */
export const pauseRoutes = [
  route(listPauses, async (c) => {
    const { objects, now } = open(c.env);
    const past = (await objects.pauses.past(20)).map(
      ({ endedAt, endedBy, endedReason, ...pause }) => ({
        ...shown(pause),
        ended_at: time(endedAt),
        ended_by: endedBy,
        ended_reason: endedReason,
      }),
    );
    return c.json({ pauses: (await objects.pauses.pausesNow(now())).map(shown), past });
  }),
  route(pause, async (c) => {
    const { objects, rulebook, alerts, now } = open(c.env);
    const { actor, ...pause } = c.req.valid('json');
    await checkPause(pause.kind, pause.name, { rulebook, alerts });
    const set = await objects.pauses.pause({
      ...pause,
      id: crypto.randomUUID(),
      actor: onRecord(actor, c.var.caller),
      since: now(),
    });
    const warning =
      pause.kind === 'app' ? await unheardOf(pause.name, c.env.JOURNAL_DB) : undefined;
    return c.json({ ...shown(set), ...(warning ? { warning } : {}) });
  }),
  route(resume, async (c) => {
    const { objects, held, journal, now } = services(c);
    const { actor, reason } = c.req.valid('query');
    const { id } = c.req.valid('param');
    const who = onRecord(actor, c.var.caller);
    const active = (await objects.pauses.pausesNow(now())).find((pause) => pause.id === id);
    const known = active ?? (await objects.pauses.past(200)).find((pause) => pause.id === id);
    if (!known) throw new AppError('not_found', `no pause has the id "${id}"`);
    const ended = active
      ? await objects.pauses.resume(active.kind, active.name, who, now(), reason)
      : undefined;
    const { settled, more } = await held.settle(
      { pause: id },
      { to: 'resumed', actor: who, reason, at: now() },
      AT_ONCE,
      journal,
    );
    const still = (await objects.pauses.pausesNow(now())).map(shown);
    return c.json({ ended: ended ? shown(ended) : null, released: settled, more, still });
  }),
];

/** `/v1/held`: lists, releases and drops held work. */
export const heldRoutes = [
  route(listHeld, async (c) => {
    const { held } = open(c.env);
    const { state, ...which } = c.req.valid('query');
    const rows = await held.list(which, 200, state === 'settled');
    return c.json({ held: rows.map(item), total: await held.count(which) });
  }),
  route(releaseHeld, async (c) => c.json(await settled(c, c.req.valid('json'), 'released'))),
  route(dropHeld, async (c) => c.json(await settled(c, c.req.valid('json'), 'dropped'))),
];

function settled(
  c: Context<Secured>,
  { actor, reason, ...which }: v.InferOutput<typeof Settling>,
  to: 'released' | 'dropped',
): Promise<Settled> {
  const { held, journal, now } = services(c);
  return held.settle(
    which,
    { to, actor: onRecord(actor, c.var.caller), reason, at: now() },
    AT_ONCE,
    journal,
  );
}
