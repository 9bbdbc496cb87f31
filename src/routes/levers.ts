import { Hono } from 'hono/tiny';
import { type HeldItem, HeldQuery, Pausing, Resuming, Settling, type Pause as Shown } from '../api/levers.ts';
import { time } from '../api/operation.ts';
import type { Pause } from '../entities/levers.ts';
import type { HeldRow } from '../journal/held.ts';
import { open } from '../wiring.ts';
import { accepts, asks } from './accepts.ts';
import { needs, onRecord, type Secured } from './token.ts';

/** How much held work one call settles. */
const AT_ONCE = 500;

const shown = ({ since, ...pause }: Pause): Shown => ({ ...pause, since: time(since) });
const item = ({ at, callback_id: decision, state: _, ...row }: HeldRow): HeldItem => ({
  ...row,
  decision,
  at: time(at),
});

/** `/v1/pauses`: the operator's levers, on record with who and why. */
export const pauseRoutes = new Hono<Secured>()
  .get('/', needs('read'), async (c) => {
    const { entities, now } = open(c.env);
    const past = (await entities.levers.past(20)).map(({ endedAt, endedBy, ...pause }) => ({
      ...shown(pause),
      ended_at: time(endedAt),
      ended_by: endedBy,
    }));
    return c.json({ pauses: (await entities.levers.pauses(now())).map(shown), past });
  })
  .post('/', needs('admin'), accepts(Pausing), async (c) => {
    const { entities, now } = open(c.env);
    const { by, ...pause } = c.req.valid('json');
    return c.json(
      shown(
        await entities.levers.pause({
          ...pause,
          id: crypto.randomUUID(),
          by: onRecord(by, c.var.caller),
          since: now(),
        }),
      ),
    );
  })
  .delete('/', needs('admin'), accepts(Resuming), async (c) => {
    const { entities, held, now } = open(c.env);
    const { kind, name, by } = c.req.valid('json');
    const who = onRecord(by, c.var.caller);
    const ended = await entities.levers.resume(kind, name, who, now());
    const pause = ended ?? (await entities.levers.past(200)).find((past) => past.kind === kind && past.name === name);
    const { settled, more } = pause
      ? await held.settle({ pause: pause.id }, 'released', who, now(), AT_ONCE)
      : { settled: 0, more: false };
    return c.json({ ended: ended ? shown(ended) : null, released: settled, more });
  });

/** `/v1/held`: what was decided and waits for a person. */
export const heldRoutes = new Hono<Secured>()
  .get('/', needs('read'), asks(HeldQuery), async (c) => {
    const { held } = open(c.env);
    return c.json({ held: (await held.list(c.req.valid('query'), 200)).map(item), total: await held.count() });
  })
  .post('/release', needs('admin'), accepts(Settling), async (c) => {
    const { by, ...which } = c.req.valid('json');
    const { held, now } = open(c.env);
    return c.json(await held.settle(which, 'released', onRecord(by, c.var.caller), now(), AT_ONCE));
  })
  .post('/drop', needs('admin'), accepts(Settling), async (c) => {
    const { by, ...which } = c.req.valid('json');
    const { held, now } = open(c.env);
    return c.json(await held.settle(which, 'dropped', onRecord(by, c.var.caller), now(), AT_ONCE));
  });
