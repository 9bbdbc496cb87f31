import type { FactValue } from './facts/fact.ts';
import type { StateRecord } from './model.ts';
import { METADATA } from './shapes/contact-change.ts';

/** A contact as of a callback: keyed hashes of its fields, and values that identify no person. `undefined`: the callback did not say. */
export interface ContactState {
  /** A keyed hash for each field that has a value; an empty text for one without. */
  readonly values: Readonly<Record<string, string>>;
  /** The same for the values within the metadata, by path. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly language?: string | undefined;
  readonly channels?: readonly string[] | undefined;
  /** The channels that the contact prefers, the first one first. */
  readonly preferred?: readonly string[] | undefined;
  readonly identityCount?: number | undefined;
}

/** The state after a callback: a field that it leaves out is as it was. */
export const mergedState = (before: ContactState | undefined, now: ContactState): ContactState => ({
  values: { ...before?.values, ...now.values },
  metadata: now.metadata ?? before?.metadata,
  language: now.language ?? before?.language,
  channels: now.channels ?? before?.channels,
  preferred: now.preferred ?? before?.preferred,
  identityCount: now.identityCount ?? before?.identityCount,
});

type Stated = Extract<StateRecord, { kind: 'contact-state' }>;

type Scalar = string | number | boolean;

/** Returns the hash of a value of one contact: equal values of two contacts have different hashes. */
export type HashValue = (field: string, value: Scalar) => string;

/** Returns the value of a hash in the metadata where it is known, else the hash. */
export type RevealValue = (path: string, hashed: string) => Scalar;

/** Returns a contact's state as it is stored: hashes of what may name a person. */
export function sealState(stated: Stated, hash: HashValue, preferencePath: string): ContactState {
  const { values, metadata, language, channels, identityCount } = stated;
  return {
    values: Object.fromEntries(
      Object.entries(values).map(([name, text]) => [name, text === '' ? '' : hash(name, text)]),
    ),
    metadata:
      metadata &&
      Object.fromEntries(
        [...metadata].map(([path, value]) => [path, hash(`${METADATA}${path}`, value)]),
      ),
    language,
    channels,
    preferred: preferredChannels(stated, preferencePath),
    identityCount,
  };
}

/**
 * Returns the channels that a contact prefers: those that its metadata names at a path, one or a list, else its channel priority at
 * Sinch. `undefined`: the callback does not say.
 */
export function preferredChannels(
  { metadata, channelPriority }: Pick<Stated, 'metadata' | 'channelPriority'>,
  path: string,
): readonly string[] | undefined {
  const isThere = (name: string): boolean =>
    name === path || (name.startsWith(`${path}.`) && /^\d{1,2}$/.test(name.slice(path.length + 1)));
  const named = [...(metadata ?? [])].flatMap(([name, value]) => (isThere(name) ? [value] : []));
  const [own, sinch] = [named, channelPriority ?? []].map((values) => channelsIn(values));
  if (own?.length) return own;
  return metadata || channelPriority ? sinch : undefined;
}

const channelsIn = (values: readonly (string | number | boolean)[]): readonly string[] => [
  ...new Set(
    values
      .map((value) => String(value).trim().toUpperCase())
      .filter((channel) => CHANNEL.test(channel)),
  ),
];

/** A channel in Sinch's spelling. Free text in its place may name a person and is not stored in clear. */
const CHANNEL = /^[A-Z][A-Z_]{1,30}$/;

/** Returns the facts about what a callback changes of a contact. */
export function contactFactsOf(
  before: ContactState | undefined,
  now: ContactState,
  reveal: RevealValue,
): Record<string, FactValue> {
  if (!before) return { contact_is_new: true };
  const known = before.metadata ?? {};
  return {
    contact_is_new: false,
    changed_fields: [
      ...changesOf(before.values, now.values, false),
      ...(now.metadata
        ? changesOf(known, now.metadata, true).map((path) => `${METADATA}${path}`)
        : []),
    ],
    ...(now.channels && {
      channels_added: now.channels.filter((channel) => !before.channels?.includes(channel)),
      channels_removed: (before.channels ?? []).filter(
        (channel) => !now.channels?.includes(channel),
      ),
    }),
    previous_language: before.language,
    previous_identity_count: before.identityCount,
    previous_contact_metadata_json: nested(
      Object.entries(known).map(([path, hashed]) => [path, reveal(path, hashed)]),
    ),
  };
}

/** Names that differ; `whole`: a name that is missing now is a change. */
function changesOf(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  whole: boolean,
): readonly string[] {
  const names = new Set([...(whole ? Object.keys(before) : []), ...Object.keys(now)]);
  return [...names].filter((name) => (own(before, name) ?? '') !== (own(now, name) ?? ''));
}

const own = (record: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Builds the object that has these values at these paths. */
function nested(values: readonly (readonly [path: string, value: unknown])[]): object {
  const root: Record<string, unknown> = Object.create(null);
  for (const [path, value] of values) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let at = root;
    for (const part of parts) {
      const inner = at[part];
      const next = typeof inner === 'object' && inner !== null ? inner : Object.create(null);
      at[part] = next;
      at = next;
    }
    at[last] = value;
  }
  return root;
}
