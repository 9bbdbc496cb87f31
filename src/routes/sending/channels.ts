import { checkCapabilities as checkOperation } from '../../api/sending/capability-checks.ts';
import {
  type ChannelAsk,
  type ChannelsAnswer,
  chooseChannels as chooseOperation,
  setPreference as preferenceOperation,
} from '../../api/sending/channels.ts';
import { appChannels } from '../../sending/app-channels.ts';
import { checkCapabilities, startChecksLater } from '../../sending/capability-checks.ts';
import { chooseChannels } from '../../sending/channels.ts';
import { type OpenServices, open } from '../../services.ts';
import { addressOf } from '../consent/recipients.ts';
import { route } from '../route.ts';

/** `/v1/channels` and `/v1/capability-checks`: on which channel a person is reached. */
export const channelRoutes = [
  route(chooseOperation, async (c) => {
    const services = open(c.env, (work) => c.executionCtx.waitUntil(work));
    return c.json(await channelsFor(c.req.valid('json').recipients, c.env.KV, services));
  }),
  route(checkOperation, async (c) =>
    c.json(await checkCapabilities(c.req.valid('json').recipients, open(c.env))),
  ),
  route(preferenceOperation, async (c) => {
    const { objects, now } = open(c.env);
    const { app_id: app } = c.req.valid('query');
    const { preferred, actor, reason } = c.req.valid('json');
    const address = addressOf(c.req.valid('param'), app, c.env);
    await objects.reach.notePreferences([
      {
        ...{ address, app, source: 'hand', place: preferred ? 0 : null, at: now() },
        ...{ actor: `${actor} (token ${c.var.caller.name})`, reason },
      },
    ]);
    const { channel, identity } = address;
    return c.json({ channel, identity, preferred });
  }),
];

/** Returns the channels of each person, the best one first. Answers of Sinch that are too old are requested again in the background. */
export function channelsFor(
  recipients: readonly ChannelAsk[],
  kv: KVNamespace,
  services: OpenServices,
): Promise<ChannelsAnswer> {
  const { objects, now, settings, contacts, sinch, later } = services;
  return chooseChannels(recipients, {
    ...{ objects, now, kv },
    country: settings.defaultCountry,
    maxAge: settings.capabilityMaxAge,
    addressesOf: contacts.ofMany,
    appChannels: (appId) => appChannels(appId, { kv, sinch }),
    checkAgain: (checks) => later(startChecksLater(checks, services)),
  });
}
