import * as v from 'valibot';
import { AppError } from '../errors.ts';
import { type Access, tokenFor } from './token.ts';

/** A webhook at Sinch. Source: Sinch specification, Webhook. Sinch never returns the secret. */
const Webhook = v.looseObject({
  id: v.string(),
  app_id: v.optional(v.string(), ''),
  target: v.string(),
  triggers: v.optional(v.array(v.string()), []),
});
export type Webhook = v.InferOutput<typeof Webhook>;

const WebhookList = v.looseObject({ webhooks: v.optional(v.array(Webhook), []) });

/** The wanted webhook. Its target is unique for an app and has at most 742 characters. */
export interface WebhookSpec {
  readonly appId: string;
  readonly target: string;
  readonly triggers: readonly string[];
  readonly secret: string;
}

type Call = <T>(
  method: string,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: object,
) => Promise<T>;

/** Opens the webhooks of the project. `now` in milliseconds. */
async function openWebhooks(access: Access, now: number): Promise<Call> {
  const base = `${access.apiUrl}/v1/projects/${encodeURIComponent(access.projectId)}`;
  const token = await tokenFor(access, now);
  return async (method, path, schema, body) => {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    }).catch(() => {
      throw new AppError('sinch_unavailable', 'Sinch: no answer');
    });
    if (!response.ok)
      throw new AppError(
        response.status >= 500 ? 'sinch_unavailable' : 'sinch_refused',
        `Sinch: ${method} webhooks answered ${response.status}`,
      );
    const read = v.safeParse(schema, await response.json().catch(() => undefined));
    if (!read.success)
      throw new AppError(
        'sinch_unavailable',
        `Sinch: the answer of ${method} webhooks cannot be read: check SINCH_API_URL`,
      );
    return read.output;
  };
}

/** Returns the webhook of an app that has this target. @throws AppError `sinch_unavailable`, `sinch_refused` */
export async function findWebhook(
  { appId, target }: Pick<WebhookSpec, 'appId' | 'target'>,
  access: Access,
  now: number,
): Promise<Webhook | undefined> {
  return find(await openWebhooks(access, now), appId, target);
}

async function find(call: Call, appId: string, target: string): Promise<Webhook | undefined> {
  const { webhooks } = await call('GET', `apps/${encodeURIComponent(appId)}/webhooks`, WebhookList);
  return webhooks.find((webhook) => webhook.target === target);
}

/** Registers a webhook at Sinch, or updates the one of the same target. `now` in milliseconds. @throws AppError `sinch_unavailable`, `sinch_refused` */
export async function connectWebhook(
  { appId, target, triggers, secret }: WebhookSpec,
  access: Access,
  now: number,
): Promise<{ readonly webhook: Webhook; readonly created: boolean }> {
  const call = await openWebhooks(access, now);
  const known = await find(call, appId, target);
  const body = { app_id: appId, target, target_type: 'HTTP', secret, triggers };
  return known
    ? {
        webhook: await call('PATCH', `webhooks/${encodeURIComponent(known.id)}`, Webhook, body),
        created: false,
      }
    : { webhook: await call('POST', 'webhooks', Webhook, body), created: true };
}
