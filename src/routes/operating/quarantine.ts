import * as api from '../../api/operating/quarantine.ts';
import { time } from '../../api/operation.ts';
import { readSecrets } from '../../callbacks/signature.ts';
import { readSettings } from '../../settings/settings.ts';
import * as store from '../../stores/quarantine.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

const shown = ({ at, redelivered_at, ...row }: store.QuarantineRow) => ({
  ...row,
  at: time(at),
  redelivered_at: redelivered_at === null ? null : time(redelivered_at),
});

/** The secrets that a redelivered body is checked with. */
const secretsOf = (env: Env) => readSecrets(readSettings(env).webhookSecrets);

interface Selected {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly code?: string | undefined;
}

const filterOf = ({ since, until, code }: Selected, now: number): store.QuarantineFilter => ({
  since: momentOf(since, now),
  until: momentOf(until, now),
  code,
});

/** `/v1/quarantine`: lists, redelivers and drops signed bodies that could not be read. */
export const quarantineRoutes = [
  route(api.listQuarantine, async (c) => {
    const { limit, before, state, ...which } = c.req.valid('query');
    const filter = { ...filterOf(which, Date.now()), open: state === 'open' };
    const rows = await store.listQuarantine(limit, before, c.env.DB, filter);
    return c.json({
      quarantine: rows.map(shown),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    });
  }),
  route(api.readQuarantined, async (c) =>
    c.json(shown(await store.readQuarantined(c.req.param('id'), c.env.DB))),
  ),
  route(api.redeliverQuarantine, async (c) => {
    const { actor, reason, dry_run: dryRun, after, ...which } = c.req.valid('json');
    const now = Date.now();
    const filter = filterOf(which, now);
    const count = await store.countQuarantined({ ...filter, open: true }, c.env.DB);
    if (dryRun) return c.json({ count, redelivered: 0, unreadable: 0, next: null });
    const secrets = secretsOf(c.env);
    const step = await store.redeliverQuarantine(filter, after, now, secrets, c.env);
    console.log({
      event: 'quarantine.redelivered',
      count: step.done,
      actor: onRecord(actor, c.var.caller),
      reason,
    });
    const { done: redelivered, unreadable, next } = step;
    return c.json({ count, redelivered, unreadable, next: next ?? null });
  }),
  route(api.dropQuarantine, async (c) => {
    const { actor, reason, dry_run: dryRun, ...which } = c.req.valid('json');
    const filter = filterOf(which, Date.now());
    const count = await store.countQuarantined({ ...filter, open: true }, c.env.DB);
    if (dryRun) return c.json({ count, dropped: 0 });
    const record = `${onRecord(actor, c.var.caller)}: ${reason}`;
    return c.json({ count, dropped: await store.dropQuarantine(filter, record, c.env.DB) });
  }),
  route(api.redeliverQuarantined, async (c) => {
    const redelivered = await store.redeliverQuarantined(
      c.req.param('id'),
      Date.now(),
      secretsOf(c.env),
      c.env,
    );
    // @event quarantine.redelivered | One or several quarantined bodies were redelivered by hand.
    console.log({
      event: 'quarantine.redelivered',
      id: redelivered.id,
      actor: c.var.caller.name,
      reason: c.req.valid('query').reason,
    });
    return c.json({ redelivered: shown(redelivered) });
  }),
  route(api.dropQuarantined, async (c) => {
    const { actor, reason } = c.req.valid('json');
    const record = `${onRecord(actor, c.var.caller)}: ${reason}`;
    return c.json({
      dropped: shown(await store.dropQuarantined(c.req.param('id'), record, c.env.DB)),
    });
  }),
];
