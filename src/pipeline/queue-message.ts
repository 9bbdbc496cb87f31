import * as v from 'valibot';
import type { Action } from '../actions/action.ts';
import { type Callback, readCallbacks, readCallbackText } from '../callbacks/callback.ts';
import { Address } from '../callbacks/model.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { AppError } from '../errors.ts';
import type { Body, ContactNote, Deferred, Effect, Subject } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { hashPeople } from './people.ts';

/** Addresses above this size (bytes of JSON) go to R2: a queue message holds 128 KB, facts and texts take up to 72 KB of it. */
const INLINE_ADDRESSES = 40_000;

/** Up to this many addresses always travel with an action that needs named addresses; of more, only the named ones. */
const ALWAYS_CARRIED = 100;

/** The most addresses, and bytes of JSON, of one contact note. */
const MAX_NOTE = { addresses: 200, bytes: 100_000 };

/** The most bytes of a subject in a queue message. Its longest field is Sinch's metadata: 1,024 characters. */
const MAX_SUBJECT = 12_000;

const encoder = new TextEncoder();

/** The size of a value in a queue message, in bytes of JSON. */
export const jsonSize = (value: unknown): number =>
  encoder.encode(JSON.stringify(value)).byteLength;

/** The subject of a callback: its identifiers without its payload. */
export function subjectOf(callback: Callback): Subject {
  const { id, trigger, envelope, subject, eventTime, receivedAt } = callback;
  const { appId, projectId, correlationId } = envelope;
  return {
    callbackId: id,
    trigger,
    appId,
    projectId,
    ...subject,
    metadata: subject.metadata ?? envelope.messageMetadata,
    correlationId,
    eventTime,
    receivedAt,
  };
}

/** A subject of at most 12,000 bytes. The longest fields are left out, not cut: half an address is another person's. */
export function fitSubject(subject: Subject): Subject {
  if (jsonSize(subject) <= MAX_SUBJECT) return subject;
  const { appId, projectId, trigger, callbackId, eventTime, receivedAt, ...texts } = subject;
  const required = {
    appId: appId.slice(0, 200),
    projectId: projectId.slice(0, 200),
    trigger,
    callbackId,
  };
  const optional = Object.entries(texts).sort(([, a = ''], [, b = '']) => a.length - b.length);
  for (;;) {
    const fitted = { ...required, ...Object.fromEntries(optional), eventTime, receivedAt };
    if (optional.length === 0 || jsonSize(fitted) <= MAX_SUBJECT) return fitted;
    optional.pop();
  }
}

/**
 * The values, cut to at most `most` characters of JSON: each text gets an equal share. Other values stay, unless one alone exceeds
 * the limit: it is left out.
 */
export function cutToFit(
  values: Readonly<Record<string, unknown>>,
  most: number,
): Record<string, unknown> {
  if (JSON.stringify(values).length <= most) return { ...values };
  const all = Object.entries(values);
  const share = Math.floor(most / all.length);
  return Object.fromEntries(
    all
      .map(([name, value]) => [
        name,
        typeof value === 'string' && value.length > share ? `${value.slice(0, share)}…` : value,
      ])
      .filter(
        ([, value]) => typeof value === 'string' || (JSON.stringify(value) ?? '').length <= most,
      ),
  );
}

/**
 * Returns a function that packs the callback's body for queue messages, once: inline while `copies` of it take at most `inline`
 * bytes of JSON, otherwise as a key in R2.
 *
 * @storage R2 bodies/ | large callbacks (from 40 KB of JSON, less where the body travels several
 *   times) and long address lists of a contact, on their way through a queue | `POST /callbacks` |
 *   queues | 14 days, longer while held work or a dead letter needs it; an address list until its
 *   action is done; of a person who was erased since the event, until the next night
 */
export function packBody(
  callback: Callback,
  copies: number,
  inline: number,
  services: Pick<Services, 'bodies' | 'objects' | 'dataKey'>,
): () => Promise<Body> {
  let packed: Promise<Body> | undefined;
  return () => {
    packed ??= pack();
    return packed;
  };
  async function pack(): Promise<Body> {
    if (jsonSize(callback.raw) * Math.max(copies, 1) <= inline) return { text: callback.raw };
    const key = `bodies/${callback.id}`;
    const people = await hashNamedPeople(callback, services);
    await services.bodies.keep(key, callback.raw, { people, eventTime: callback.eventTime });
    return { key };
  }
}

/** The text of a packed body. @throws AppError `action_impossible` when R2 no longer has it */
export async function textOf(body: Body, { bodies }: Pick<Services, 'bodies'>): Promise<string> {
  if ('text' in body) return body.text;
  const text = await bodies.read(body.key);
  if (text === undefined)
    throw new AppError('action_impossible', `the body ${body.key} is no longer stored`);
  return text;
}

/** The callback of a packed body. @throws AppError `action_impossible` when R2 no longer has it, `callback_*` when it cannot be read */
export const callbackOf = async (
  { body, receivedAt }: Pick<Deferred, 'body' | 'receivedAt'>,
  services: Pick<Services, 'bodies'>,
): Promise<Callback> => readCallbackText(await textOf(body, services), receivedAt);

/** The callbacks of a packed body: several, where it is a notification that was stored whole. @throws as `callbackOf` */
export const callbacksOf = async (
  { body, receivedAt }: Pick<Deferred, 'body' | 'receivedAt'>,
  services: Pick<Services, 'bodies'>,
): Promise<readonly [Callback, ...Callback[]]> =>
  readCallbacks(encoder.encode(await textOf(body, services)), receivedAt);

/** The addresses of contacts that a callback contains. */
export const contactAddresses = ({
  stateRecords,
}: Pick<Callback, 'stateRecords'>): readonly Address[] =>
  stateRecords.flatMap((memory) => (memory.kind === 'contact' ? memory.addresses : []));

/** The keyed hashes of all people that a callback names. */
export async function hashNamedPeople(
  callback: Callback,
  services: Pick<Services, 'objects' | 'dataKey'>,
): Promise<string[]> {
  const { subject, envelope } = callback;
  const address = addressOf(subject, envelope.appId);
  const others = namedAddresses(callback);
  const all = address ? [address, ...others] : others;
  return [...(await hashPeople(all, subject.contactId, services))];
}

/** The addresses that a callback contains beside its own: those of contacts, and other identities of one person. */
export const namedAddresses = (callback: Pick<Callback, 'stateRecords'>): readonly Address[] => [
  ...contactAddresses(callback),
  ...callback.stateRecords.flatMap((record) =>
    record.kind === 'link'
      ? [record.number, record.id]
      : record.kind === 'moved'
        ? [record.from, record.to]
        : [],
  ),
];

/** Packs the addresses that an effect carries: inline, or in R2 under the effect's key. An erasure needs them until it is complete. */
export async function packAddresses(
  { carriesAddresses: carried, erases }: Pick<Action, 'carriesAddresses' | 'erases'>,
  { key, params, facts }: Pick<Effect, 'key' | 'params' | 'facts'>,
  callback: Callback,
  services: Pick<Services, 'bodies' | 'objects' | 'dataKey'>,
): Promise<Effect['addresses']> {
  const all = contactAddresses(callback);
  const addresses =
    carried === 'named' && all.length > ALWAYS_CARRIED ? namedIn([params, facts], all) : all;
  if (jsonSize(addresses) <= INLINE_ADDRESSES) return [...addresses];
  const object = `bodies/${key}/addresses`;
  const people = erases ? [] : await hashNamedPeople(callback, services);
  await services.bodies.keep(object, JSON.stringify(addresses), {
    people,
    eventTime: callback.eventTime,
  });
  return { key: object };
}

function namedIn(values: unknown, addresses: readonly Address[]): readonly Address[] {
  const text = JSON.stringify(values);
  return addresses.filter(({ identity }) => text.includes(identity));
}

/** The addresses that an effect carries. @throws AppError `action_impossible` when R2 no longer has them */
export const unpackAddresses = (
  { addresses }: Pick<Effect, 'addresses'>,
  { bodies }: Pick<Services, 'bodies'>,
): Promise<readonly Address[]> =>
  readAddresses(addresses, bodies.read, (key) => {
    throw new AppError('action_impossible', `the addresses ${key} are no longer stored`);
  });

/**
 * The addresses that an effect carries.
 * @param read returns the text of a key in R2
 * @param missing returns the result when R2 no longer has the key
 */
export async function readAddresses(
  addresses: Effect['addresses'],
  read: Services['bodies']['read'],
  missing: (key: string) => readonly Address[],
): Promise<readonly Address[]> {
  if (!('key' in addresses)) return addresses;
  const text = await read(addresses.key);
  return text === undefined ? missing(addresses.key) : v.parse(v.array(Address), JSON.parse(text));
}

/** Deletes the addresses of a finished effect from R2, if they are there. */
export async function dropAddresses(
  { addresses }: Pick<Effect, 'addresses'>,
  { bodies }: Pick<Services, 'bodies'>,
): Promise<void> {
  if ('key' in addresses) await bodies.drop(addresses.key);
}

/** The contacts of a callback, in as many notes as the message size requires. An address too long for a note is logged and left out. */
export function contactNotes(callback: Callback, rulebook: string): readonly ContactNote[] {
  const { id, trigger, envelope, eventTime: at, receivedAt } = callback;
  const by = { id, trigger, appId: envelope.appId.slice(0, 200), receivedAt, rulebook };
  const notes: ContactNote[] = [];
  let room = { addresses: 0, bytes: 0 };
  for (const memory of callback.stateRecords) {
    // A deletion that is delivered again after its erasure must not store the addresses again.
    if (memory.kind !== 'contact' || memory.isDeleted) continue;
    const { contactId, isWhole } = memory;
    for (const address of memory.addresses) {
      const bytes = jsonSize({ contactId, addresses: [address] });
      if (bytes > MAX_NOTE.bytes) {
        // @event contact.too-long | An address of a contact is too long to be stored and is left
        //   out.
        console.warn({ event: 'contact.too-long', callback: id, bytes });
        continue;
      }
      if (room.addresses === 0 || room.bytes < bytes) {
        notes.push({ kind: 'contact', contacts: [], at, by });
        room = { ...MAX_NOTE };
      }
      const contacts = notes.at(-1)?.contacts;
      const last = contacts?.at(-1);
      if (last?.contactId === contactId) last.addresses.push(address);
      else contacts?.push({ contactId, addresses: [address], ...(isWhole && { isWhole }) });
      room = { addresses: room.addresses - 1, bytes: room.bytes - bytes };
    }
  }
  return notes;
}
