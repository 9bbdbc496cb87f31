import { listUnsupported, readUnsupported } from '../../api/decisions/unsupported.ts';
import { time } from '../../api/operation.ts';
import { draftRule } from '../../authoring/draft-rule.ts';
import { readCallbackText } from '../../callbacks/callback.ts';
import { AppError } from '../../errors.ts';
import { open } from '../../services.ts';
import type { KeptCallback } from '../../stores/unsupported.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';

const shown = ({ id, at, appId, channel, type, text }: KeptCallback) => ({
  ...{ id, received_at: time(at), app_id: appId, channel, type },
  callback: JSON.parse(text) as unknown,
});

/** `/v1/unsupported`: raw callbacks of channels that Sinch has no name for, and rules drafted from them. */
export const unsupportedRoutes = [
  route(listUnsupported, async (c) => {
    const { unsupported, now } = open(c.env);
    const { since, until, before, limit, ...same } = c.req.valid('query');
    const which = { ...same, since: momentOf(since, now()), until: momentOf(until, now()) };
    const rows = await unsupported.list(which, limit, before);
    console.log({ event: 'callback.shown', actor: c.var.caller.name, callbacks: rows.length });
    return c.json({
      unsupported: rows.map(shown),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    });
  }),
  route(readUnsupported, async (c) => {
    const { id } = c.req.valid('param');
    const kept = await open(c.env).unsupported.read(id);
    if (!kept) throw new AppError('not_found', `no raw callback ${id} is kept`);
    console.log({ event: 'callback.shown', actor: c.var.caller.name, callbacks: 1 });
    const draft = await draftRule(await readCallbackText(kept.text, kept.at));
    return c.json({
      ...shown(kept),
      draft: { ...draft },
      command: `signalbox new ${draft.name} --from ${id}`,
    });
  }),
];
