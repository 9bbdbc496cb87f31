import * as v from 'valibot';

const Body = v.looseObject({
  app_id: v.pipe(v.string(), v.nonEmpty()),
  target: v.pipe(v.string(), v.url(), v.maxLength(742)),
  target_type: v.literal('HTTP'),
  secret: v.optional(v.string()),
  triggers: v.pipe(v.array(v.string()), v.nonEmpty()),
});
type Body = v.InferOutput<typeof Body>;

/**
 * The webhooks of a project's apps: at most five an app, each target once. Source: Sinch
 * specification, Webhooks.
 */
export interface Webhooks {
  readonly list: (appId: string) => readonly object[];
  /** A webhook as it is then, or a status that refuses it. */
  readonly put: (id: string | undefined, body: unknown) => object | number;
}

/** Opens an empty list. Secrets are kept to themselves, as Sinch keeps them. */
export function openWebhooks(): Webhooks {
  const kept = new Map<string, Body>();
  const shown = (id: string, { secret: _, ...body }: Body) => ({ id, ...body });
  const of = (appId: string) => [...kept].filter(([, body]) => body.app_id === appId);
  return {
    list: (appId) => of(appId).map(([id, body]) => shown(id, body)),
    put(id, value) {
      const body = v.safeParse(Body, value);
      if (!body.success) return 400;
      const { app_id: appId, target } = body.output;
      if (id !== undefined && !kept.has(id)) return 404;
      if (of(appId).some(([other, { target: taken }]) => other !== id && taken === target))
        return 400;
      if (id === undefined && of(appId).length >= 5) return 400;
      const key = id ?? `01JLOCALWEBHOOK${kept.size + 1}`;
      kept.set(key, body.output);
      return shown(key, body.output);
    },
  };
}
