import type { Address, StateRecord } from '../model.ts';
import { isBusinessScopedId } from '../person.ts';
import { identityText, isRecord } from './parts.ts';

/** The keys under which Sinch, Meta and other vendors write the number and the business-scoped id of one person. A username is no identity. */
const KEYS = [
  ...['identity', 'wa_id', 'phone_number', 'user_id', 'parent_user_id', 'bsuid'],
  ...['business_scoped_user_id', 'waId', 'phoneNumber', 'userId', 'parentUserId'],
  'businessScopedUserId',
];

type Fields = Readonly<Record<string, unknown>>;

const whatsapp = (identity: string): Address => ({ channel: 'WHATSAPP', identity, appId: '' });
const isNumber = (identity: string): boolean => /^\+?[1-9]\d{4,14}$/.test(identity);
const listed = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
const valuesOf = (fields: Fields, keys: readonly string[]): readonly unknown[] =>
  keys.map((key) => fields[key]);

/**
 * Returns the links between a WhatsApp number and business-scoped ids that a callback contains, and changes of a number or an id.
 * Within one contact only a number and an id are linked, never two numbers: with two numbers it is open to which one the id belongs.
 * Source: Meta, business-scoped user IDs and system messages. Sinch publishes no key for the second identifier, so all known are read.
 */
export function whatsappLinks(payload: object): readonly StateRecord[] {
  const fields: Fields = { ...payload };
  const own = isRecord(fields.channel_identity) ? fields.channel_identity : {};
  const contacts = [
    fields,
    ...['contact', 'preserved_contact', 'deleted_contact'].map((key) => fields[key]),
  ].filter(isRecord);
  return [
    ...(own.channel === 'WHATSAPP' ? linksOf(valuesOf(own, KEYS)) : []),
    ...contacts.flatMap((contact) =>
      linksOf(
        listed(contact.channel_identities)
          .filter(({ channel }) => channel === 'WHATSAPP')
          .flatMap((identity) => valuesOf(identity, KEYS)),
      ),
    ),
    ...valuesIn(fields.payload).flatMap(linksOfMeta),
  ];
}

/** Returns the changes of a Meta notification, which may come as text. */
function valuesIn(payload: unknown): readonly Fields[] {
  let notification = payload;
  if (typeof payload === 'string') {
    try {
      notification = JSON.parse(payload);
    } catch {
      return [];
    }
  }
  if (!isRecord(notification)) return [];
  const changes = listed(notification.entry).flatMap(({ changes: some }) => listed(some));
  return [notification, ...changes]
    .map(({ value }) => value)
    .concat(notification)
    .filter(isRecord);
}

function linksOfMeta(value: Fields): readonly StateRecord[] {
  const pairs = (name: string, ...keys: string[]) =>
    listed(value[name]).flatMap((one) => linksOf(valuesOf(one, keys)));
  return [
    ...pairs('contacts', 'wa_id', 'user_id', 'parent_user_id'),
    ...pairs('user_preferences', 'wa_id', 'user_id', 'parent_user_id'),
    ...pairs('statuses', 'recipient_id', 'recipient_user_id', 'recipient_parent_user_id'),
    ...pairs('message_echoes', 'to', 'to_user_id', 'to_parent_user_id'),
    ...listed(value.messages).flatMap(linksOfMessage),
    ...listed(value.user_id_update).flatMap(({ wa_id, user_id }) => {
      const id = isRecord(user_id) ? user_id : {};
      return [...moved(id.previous, id.current), ...linksOf([wa_id, id.current])];
    }),
  ];
}

/** A system message says that the number or the id changed: the old one is in `from` and `previous_user_id`, or only in the text. */
function linksOfMessage(message: Fields): readonly StateRecord[] {
  const system = isRecord(message.system) ? message.system : undefined;
  if (!system) return linksOf(valuesOf(message, ['from', 'from_user_id', 'from_parent_user_id']));
  const { type, wa_id, user_id, previous_user_id, body } = system;
  if (type !== 'user_changed_number' && type !== 'user_changed_user_id') return [];
  const [, before, after] =
    /changed from (\S+) to (\S+?)\.?$/.exec(typeof body === 'string' ? body : '') ?? [];
  return [
    ...(type === 'user_changed_number'
      ? moved(message.from ?? before, wa_id ?? after)
      : moved(previous_user_id ?? before, user_id ?? after)),
    ...moved(previous_user_id, user_id),
    ...linksOf([wa_id, user_id]),
  ];
}

/** Links the only number among these identities with the ids among them. */
function linksOf(found: readonly unknown[]): readonly StateRecord[] {
  const identities = [...new Set(found.map(identityText))].flatMap((text) => text?.trim() ?? []);
  const numbers = new Set(identities.filter(isNumber).map((number) => number.replace('+', '')));
  const [number] = numbers;
  if (number === undefined || numbers.size > 1) return [];
  return identities
    .filter(isBusinessScopedId)
    .map((id) => ({ kind: 'link', number: whatsapp(number), id: whatsapp(id) }));
}

/** A number or an id that was replaced by another one of the same kind. */
function moved(from: unknown, to: unknown): readonly StateRecord[] {
  const before = identityText(from)?.trim();
  const after = identityText(to)?.trim();
  if (!before || !after || before === after) return [];
  const same = [isNumber, isBusinessScopedId].some((is) => is(before) && is(after));
  return same ? [{ kind: 'moved', from: whatsapp(before), to: whatsapp(after) }] : [];
}
