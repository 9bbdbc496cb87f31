import { importRecipients } from '../../api/consent/import.ts';
import {
  exportRecipients,
  type Recipient,
  type RecipientChanged,
  readRecipient as readRecipientOperation,
  type Scope,
  suppressRecipient,
  unsuppressRecipient,
} from '../../api/consent/recipients.ts';
import { time } from '../../api/operation.ts';
import type { Address } from '../../callbacks/model.ts';
import { AppError } from '../../errors.ts';
import { exportList, recordOf, shownState } from '../../imports/export-list.ts';
import { importList } from '../../imports/import-list.ts';
import { scopesFor } from '../../objects/recipients/consent.ts';
import type { PersonConsent } from '../../objects/recipients/recipients-client.ts';
import { checkAddress } from '../../sending/address.ts';
import { open } from '../../services.ts';
import { route } from '../route.ts';
import type { Caller } from '../token.ts';

/** `/v1/recipients`: reads and changes consent of a recipient, imports and exports lists. */
export const recipientRoutes = [
  route(exportRecipients, (c) => {
    const { cursor, limit } = c.req.valid('query');
    const lines = exportList(cursor, limit, open(c.env).objects.recipients);
    return c.body(lines, 200, { 'content-type': 'application/x-ndjson' });
  }),
  route(importRecipients, async (c) => {
    const { objects, now, settings } = open(c.env);
    const {
      name,
      actor,
      reason,
      dry_run: dryRun,
      from_line: fromLine,
      allow_invalid: allowInvalid,
    } = c.req.valid('query');
    const body = c.req.raw.body ?? new Blob([]).stream();
    const format = formatOf(c.req.header('content-type') ?? '');
    const list = {
      body,
      format,
      name,
      actor: signed(actor, c.var.caller),
      reason,
      dryRun,
      fromLine,
      allowInvalid,
      country: settings.defaultCountry,
    };
    return c.json(await importList(list, objects.recipients, now));
  }),
  route(readRecipientOperation, async (c) => {
    return c.json(
      await readRecipient(addressOf(c.req.param(), c.req.valid('query').app_id, c.env), c.env),
    );
  }),
  route(suppressRecipient, async (c) => {
    const address = addressOf(c.req.param(), c.req.valid('query').app_id, c.env);
    return c.json(await changeByHand(address, 'out', c.req.valid('json'), c.var.caller, c.env));
  }),
  route(unsuppressRecipient, async (c) => {
    const { app_id, ...hand } = c.req.valid('query');
    return c.json(
      await changeByHand(addressOf(c.req.param(), app_id, c.env), 'in', hand, c.var.caller, c.env),
    );
  }),
];

/** Returns the consent of a recipient in API form. */
export async function readRecipient(address: Address, env: Env): Promise<Recipient> {
  const { objects, now } = open(env);
  return shown(await readOne(address, objects.recipients), now(), address.appId);
}

interface Hand {
  readonly actor: string;
  readonly reason: string;
  readonly scope: Scope;
}

/** Stores a change of consent by hand, with actor and reason. */
export async function changeByHand(
  address: Address,
  to: 'out' | 'in',
  { actor, reason, scope }: Hand,
  caller: Pick<Caller, 'name'>,
  env: Env,
): Promise<RecipientChanged> {
  const { objects, now } = open(env);
  const at = now();
  const [outcome] = await objects.recipients.change([
    {
      key: `hand/${crypto.randomUUID()}`,
      address,
      scope,
      to,
      at,
      source: 'hand',
      app: address.appId || undefined,
      actor: signed(actor, caller),
      reason,
    },
  ]);
  return {
    changed: outcome?.changed ?? false,
    ...shown(await readOne(address, objects.recipients), at, address.appId),
  };
}

/** Returns the actor with the name of the token. */
const signed = (actor: string, { name }: Pick<Caller, 'name'>): string =>
  `${actor} (token ${name})`;

/** Returns the address in a path. @throws AppError `bad_request` naming the invalid field */
export function addressOf(
  named: { channel: string; identity: string },
  appId: string,
  env: Env,
): Address {
  return checkAddress(
    { channel: named.channel.toUpperCase(), identity: named.identity, appId },
    { country: open(env).settings.defaultCountry },
  );
}

async function readOne(
  address: Address,
  recipients: { read(addresses: readonly Address[]): Promise<PersonConsent[]> },
): Promise<PersonConsent> {
  const [consent] = await recipients.read([address]);
  if (!consent) throw new AppError('unavailable', 'consent cannot be read now');
  return consent;
}

/** Returns a recipient in API form, as one app sees it; an empty `app`: as the strictest one does. `now` in milliseconds. */
const shown = (
  { person, history, capability = [], deliveries = [], ...state }: PersonConsent,
  now: number,
  app: string,
): Recipient => ({
  person,
  ...shownState(state),
  suppressed: scopesFor(state, app).all,
  scopes: scopesFor(state, app),
  history: history.map(recordOf),
  capability: capability
    .filter((one) => !app || !one.app || one.app === app)
    .map(({ channel, app: appId, status, at, unknown, displayName }) => ({
      channel,
      ...(appId && { app_id: appId }),
      ...{ status, at: time(at), age_seconds: Math.max(0, Math.round((now - at) / 1000)) },
      ...(unknown && unknown.at > at && { unknown_at: time(unknown.at) }),
      ...(displayName && { display_name: displayName }),
    })),
  last_delivery: deliveries.map(({ channel, status, at, messageId }) => ({
    channel,
    status,
    at: time(at),
    message_id: messageId,
  })),
});

/** Returns the format of a content type. @throws AppError `bad_request` for another type */
function formatOf(type: string): 'csv' | 'ndjson' {
  if (/^text\/csv\b/i.test(type)) return 'csv';
  if (/^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/i.test(type)) return 'ndjson';
  throw new AppError('bad_request', 'content-type: expected text/csv or application/x-ndjson');
}
