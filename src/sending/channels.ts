import { time } from '../api/operation.ts';
import {
  type ChannelAsk,
  type ChannelsAnswer,
  type Choice,
  MOST,
  type RecipientReason,
} from '../api/sending/channels.ts';
import type { Ask } from '../api/sending/may-send.ts';
import type { Address } from '../callbacks/model.ts';
import { isAppScoped } from '../callbacks/person.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { Reach } from '../objects/recipients/person-reach.ts';
import { readAddress } from './address.ts';
import { type Asking, maySend } from './may-send.ts';
import { type Ordered, orderChannels } from './order-channels.ts';

/** The time an object has to answer (ms). */
const PATIENCE = 5_000;

/** The most senders (app and channel) of one call, and the most apps: each is one call of an object or of Sinch. */
const MOST_SENDERS = 64;

/** The dependencies of the channel selection. */
export interface Choosing extends Omit<Asking, 'objects'> {
  readonly objects: Asking['objects'] & Pick<Objects, 'reach'>;
  /** Returns the stored addresses of contacts, at most `most` of each. */
  readonly addressesOf: (
    contactIds: readonly string[],
    most: number,
  ) => Promise<ReadonlyMap<string, readonly Address[]>>;
  /** Returns the channels of an app in the order of its priority; undefined where they cannot be read. */
  readonly appChannels: (appId: string) => Promise<readonly string[] | undefined>;
  /** How long an answer of Sinch counts (ms). */
  readonly maxAge: number;
  /** Requests again what is too old. */
  readonly checkAgain: (checks: readonly { address: Address; app: string }[]) => void;
}

/** An address of a recipient; `recipient`: the index of that in the request. */
interface Place {
  readonly recipient: number;
  /** As it is answered. */
  readonly address: Address;
  /** In its one form; undefined where it cannot be read. */
  readonly read: Address | undefined;
  readonly ask: Ask;
}

/**
 * Returns the channels of each person, the best one first. The number of calls does not depend on the number of people: at most
 * three for each shard, one for each sender and app, one query of the database.
 * @throws AppError `bad_request` for more apps or senders than one call may name
 */
export async function chooseChannels(
  asks: readonly ChannelAsk[],
  choosing: Choosing,
): Promise<ChannelsAnswer> {
  const { objects, now, maxAge } = choosing;
  const apps = [...new Set(asks.map(({ app_id }) => app_id))];
  if (apps.length > MOST_SENDERS)
    throw new AppError(
      'bad_request',
      `recipients: they name ${apps.length} apps, at most ${MOST_SENDERS} in one call`,
    );
  const contacts = await readContacts(asks, choosing);
  const places = asks.flatMap((ask, recipient) => placesOf(ask, recipient, contacts, choosing));
  const readable = places.flatMap(({ read }) => read ?? []);
  const [{ results }, reaches, priorities] = await Promise.all([
    maySend(
      places.map(({ ask }) => ask),
      'strong',
      { ...choosing, mostSenders: MOST_SENDERS },
    ),
    objects.reach.read(readable, PATIENCE),
    Promise.all(apps.map(choosing.appChannels)),
  ]);
  const reachOf = new Map(readable.map((address, at) => [address, reaches[at]]));
  const priorityOf = new Map(apps.map((app, at) => [app, priorities[at]]));
  const candidates = places.map(({ recipient, address, read, ask }, at) => ({
    recipient,
    candidate: {
      address,
      app: ask.app_id,
      verdict: results[at] ?? { allowed: false, reasons: [] },
      reach: read ? reachOf.get(read) : NOTHING,
    },
  }));
  const grouped = Map.groupBy(candidates, ({ recipient }) => recipient);
  const at = now();
  const ordered = asks.map(({ app_id: app }, recipient) =>
    orderChannels(
      (grouped.get(recipient) ?? []).map(({ candidate }) => candidate),
      { priority: priorityOf.get(app), now: at, maxAge },
    ),
  );
  const again = ordered.flatMap((some, place) => oldOf(some, asks[place]?.app_id ?? ''));
  if (again.length > 0) choosing.checkAgain(again);
  return {
    results: asks.map((ask, place): Choice => {
      const reason = reasonOf(ask, contacts);
      const channels = (ordered[place] ?? []).map(({ choice }) => choice);
      return { channels, ...(reason && channels.length === 0 && { reasons: [reason] }) };
    }),
    apps: apps.map((app) => ({
      app_id: app,
      channel_priority: priorityOf.get(app)?.slice() ?? null,
    })),
    as_of: time(at),
  };
}

const NOTHING: Reach = { capabilities: [], uses: [], preferences: [], links: [] };

/** Returns what is to be requested again. A person who may not be written to needs no check. */
const oldOf = (ordered: readonly Ordered[], app: string) =>
  ordered.flatMap(({ old, choice, address }) => (old && choice.allowed ? [{ address, app }] : []));

type Contacts = ReadonlyMap<string, readonly Address[]> | 'unavailable';

async function readContacts(
  asks: readonly ChannelAsk[],
  { addressesOf }: Choosing,
): Promise<Contacts> {
  const ids = [...new Set(asks.flatMap(({ contact_id: id }) => id || []))];
  if (ids.length === 0) return new Map();
  try {
    return await addressesOf(ids, MOST.addresses);
  } catch (error) {
    console.error({
      // @event contacts.unavailable | The addresses of contacts could not be read; the answer names no
      //   channel of them.
      event: 'contacts.unavailable',
      message: messageOf(error),
    });
    return 'unavailable';
  }
}

/** Returns the addresses of a recipient, each once: those that it names, then those of its contact. */
function placesOf(
  { addresses = [], contact_id: contact, app_id, content }: ChannelAsk,
  recipient: number,
  contacts: Contacts,
  { country }: Choosing,
): Place[] {
  const known = contact && contacts !== 'unavailable' ? (contacts.get(contact) ?? []) : [];
  const named = addresses.map(({ channel, identity }) => ({ channel, identity, appId: app_id }));
  const seen = new Set<string>();
  return [
    ...named,
    // An identity that belongs to another app means nothing to this one.
    ...known
      .filter(({ channel, appId }) => !isAppScoped(channel) || !appId || appId === app_id)
      .map((address) => ({ ...address, appId: app_id })),
  ].flatMap((address) => {
    const read = readAddress(address, { country });
    const { channel, identity } = 'wrong' in read ? address : read;
    const key = `${channel} ${identity}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [
      {
        recipient,
        address,
        read: 'wrong' in read ? undefined : read,
        ask: { channel: address.channel, identity: address.identity, app_id, content },
      },
    ];
  });
}

/** Returns why a recipient has no channel. */
function reasonOf(
  { contact_id: contact, addresses = [] }: ChannelAsk,
  contacts: Contacts,
): RecipientReason | undefined {
  if (!contact)
    return addresses.length > 0
      ? undefined
      : { code: 'recipient_empty', message: 'Name a contact_id or addresses.' };
  if (contacts === 'unavailable')
    return {
      code: 'contacts_unavailable',
      message: 'The addresses of this contact cannot be read now. Ask again soon.',
    };
  return {
    code: 'contact_unknown',
    message:
      'No callback has named an address of this contact that this app can use. Name its addresses.',
  };
}
