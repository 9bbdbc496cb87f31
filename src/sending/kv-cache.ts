import * as v from 'valibot';
import type { Ask, Reason } from '../api/sending/may-send.ts';
import type { Address } from '../callbacks/model.ts';
import { messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import { Content } from '../rules/model/values.ts';
import { consentUnavailable, copiedRefusals, stops } from './reasons.ts';
import { type Paced, type Sender, throttleOf, unknownPace } from './senders.ts';

/** The most keys of one bulk read. Source: Cloudflare KV, bulk reads. */
const BULK = 100;

/** The copy that `Recipients` writes for a person. */
const ScopesCopy = v.object({
  all: v.boolean(),
  marketing: v.boolean(),
  notification: v.boolean(),
});
const ConsentCopy = v.object({
  suppressed: v.boolean(),
  scopes: ScopesCopy,
  since: v.exactOptional(v.number()),
  apps: v.record(v.string(), ScopesCopy),
  others: ScopesCopy,
  reviewSince: v.exactOptional(v.number()),
});

/** The copy that `Senders` writes for a sender. */
const SenderCopy = v.object({
  limits: v.array(
    v.object({
      to: v.string(),
      content: Content,
      until: v.number(),
      reason: v.string(),
      since: v.number(),
    }),
  ),
});

type Reading = Pick<KVNamespace, 'get'>;

/** Returns why each person may not receive a message, from the copies in KV. A person without a copy is not suppressed there. */
export async function copiedConsents(
  asks: readonly Ask[],
  addresses: readonly Address[],
  recipients: Pick<Objects['recipients'], 'personOf'>,
  kv: Reading,
  now: number,
): Promise<Reason[][]> {
  const persons = await Promise.all(addresses.map((address) => recipients.personOf(address)));
  const copies = await readAll(
    persons.map((person) => `consent:${person}`),
    v.optional(ConsentCopy),
    kv,
  );
  return asks.map(({ content, app_id: app }, place) => {
    const person = persons[place] ?? '';
    const copy = copies.get(`consent:${person}`);
    if (copy === 'unreadable') return [consentUnavailable(now)];
    return copy ? copiedRefusals(person, copy, content, app) : [];
  });
}

/** Returns the limit of each sender from the copies in KV. A copy has the limit, but not the permits that are left. */
export async function copiedPaces(
  senders: readonly Sender[],
  kv: Reading,
  now: number,
): Promise<Paced[]> {
  const keyOf = ({ appId, channel }: Sender) => `throttle:${appId}:${channel}`;
  const copies = await readAll(senders.map(keyOf), v.optional(SenderCopy), kv);
  return senders.flatMap((sender) => {
    const copy = copies.get(keyOf(sender));
    return sender.contents.map((content): Paced => {
      if (copy === 'unreadable') return unknownPace(sender, content, now);
      const limit = copy?.limits.find((one) => one.content === content && one.until > now);
      const common = { app_id: sender.appId, channel: sender.channel, content, left: null };
      return limit
        ? { pace: { ...common, throttle: throttleOf(limit) }, reasons: stops({ limit }, content) }
        : { pace: { ...common, throttle: null }, reasons: [] };
    });
  });
}

/** Reads keys in bulk. A key that cannot be read or parsed is `unreadable`. */
async function readAll<T>(
  keys: readonly string[],
  schema: v.GenericSchema<unknown, T>,
  kv: Reading,
): Promise<Map<string, T | 'unreadable'>> {
  const wanted = [...new Set(keys)];
  const found = new Map<string, T | 'unreadable'>();
  const bulks = Array.from({ length: Math.ceil(wanted.length / BULK) }, (_, at) =>
    wanted.slice(at * BULK, (at + 1) * BULK),
  );
  await Promise.all(
    bulks.map(async (some) => {
      try {
        const values = await kv.get<unknown>(some, 'json');
        for (const key of some) {
          const parsed = v.safeParse(schema, values.get(key) ?? undefined);
          found.set(key, parsed.success ? parsed.output : 'unreadable');
        }
      } catch (error) {
        // @event copy.unreadable | Copies in KV could not be read; the objects are read instead.
        console.error({ event: 'copy.unreadable', keys: some.length, message: messageOf(error) });
        for (const key of some) found.set(key, 'unreadable');
      }
    }),
  );
  return found;
}
