import { time } from '../api/operation.ts';
import {
  listQuarantine as listQuarantineOperation,
  redeliverQuarantined as redeliverQuarantinedOperation,
} from '../api/operations.ts';
import { readSecrets } from '../callbacks/signature.ts';
import { readSettings } from '../settings/settings.ts';
import { listQuarantine, type QuarantineRow, redeliverQuarantined } from '../stores/quarantine.ts';
import { route } from './route.ts';

const shown = ({ at, redelivered_at, ...row }: QuarantineRow) => ({
  ...row,
  at: time(at),
  redelivered_at: redelivered_at === null ? null : time(redelivered_at),
});

/** `/v1/quarantine`: lists and redelivers signed bodies that could not be read. */
export const quarantineRoutes = [
  route(listQuarantineOperation, async (c) => {
    const { limit, before } = c.req.valid('query');
    const rows = await listQuarantine(limit, before, c.env.DB);
    return c.json({
      quarantine: rows.map(shown),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    });
  }),
  route(redeliverQuarantinedOperation, async (c) => {
    const secrets = readSecrets(readSettings(c.env).webhookSecrets);
    const redelivered = await redeliverQuarantined(c.req.param('id'), Date.now(), secrets, c.env);
    console.log({
      event: 'quarantine.redelivered',
      id: redelivered.id,
      actor: c.var.caller.name,
      reason: c.req.valid('query').reason,
    });
    return c.json({ redelivered: shown(redelivered) });
  }),
];
