import { findText } from './free-form.ts';
import { isRecord, textOf } from './parts.ts';

/** One change of a Meta notification, with the entry that it stands in. Source: Meta's webhook reference, `entry[].changes[]`. */
export interface MetaChange {
  readonly field: string | undefined;
  readonly value: unknown;
}

const recordsIn = (list: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(list) ? list.filter(isRecord) : [];

/** Lists within a change whose items concern different people: each is a callback of its own. */
const ITEM_LISTS = ['user_preferences', 'calls', 'statuses', 'messages'];

/** What is shared by the items of a change is copied for each, up to this many characters in all. */
const MAX_COPIED = 4_000_000;

/**
 * Returns a Meta notification as one notification for each change, or an empty list if it is none. A change that lists several people
 * is split further.
 */
export function splitNotification(payload: unknown): readonly object[] {
  if (!isRecord(payload)) return [];
  return recordsIn(payload.entry).flatMap((entry) =>
    recordsIn(entry.changes)
      .flatMap(splitItems)
      .map((change) => ({ ...payload, entry: [{ ...entry, changes: [change] }] })),
  );
}

function splitItems(change: Record<string, unknown>): readonly Record<string, unknown>[] {
  const { value } = change;
  if (!isRecord(value)) return [change];
  const lists = ITEM_LISTS.filter((name) => recordsIn(value[name]).length > 0);
  const count = lists.reduce((sum, name) => sum + recordsIn(value[name]).length, 0);
  if (count < 2) return [change];
  const shared = Object.fromEntries(
    Object.entries(value).filter(([name]) => !lists.includes(name)),
  );
  const rest = JSON.stringify(shared).length * count > MAX_COPIED ? {} : shared;
  return lists.flatMap((name) =>
    recordsIn(value[name]).map((item) => ({ ...change, value: { ...rest, [name]: [item] } })),
  );
}

/** Returns the change of a notification that holds one; a bare change (`field`, `value`) is accepted too. */
export function changeOf(payload: unknown): MetaChange | undefined {
  if (!isRecord(payload)) return undefined;
  const change =
    recordsIn(payload.entry).flatMap(({ changes }) => recordsIn(changes))[0] ??
    (typeof payload.field === 'string' ? payload : undefined);
  return change && { field: findText(change, ['field']), value: change.value };
}

/** The first item of a list within a change. */
export const itemOf = (change: MetaChange | undefined, list: string): Record<string, unknown> =>
  (isRecord(change?.value) ? recordsIn(change.value[list])[0] : undefined) ?? {};

/**
 * Returns the person that a change is about: of a preference, a call, a status or a message. `undefined` for a change about the sender.
 * A number comes first; people without one have only a business-scoped id.
 */
export function personIn(change: MetaChange | undefined): string | undefined {
  const preference = itemOf(change, 'user_preferences');
  const call = itemOf(change, 'calls');
  const status = itemOf(change, 'statuses');
  const message = itemOf(change, 'messages');
  const ours = call.direction === 'BUSINESS_INITIATED';
  return [
    ...[preference.wa_id, preference.user_id],
    ...(ours ? [call.to, call.to_user_id] : [call.from, call.from_user_id]),
    ...[status.recipient_id, status.recipient_user_id],
    ...[message.from, message.from_user_id],
  ]
    .map(textOf)
    .find((id) => id !== undefined);
}
