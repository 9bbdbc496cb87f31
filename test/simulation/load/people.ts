/** A person as Sinch names them. Two channels of one family share a consent. */
export interface Person {
  readonly number: string;
  readonly contactId: string;
}

/** An app of the project, and whether Sinch keeps what it sends. */
export interface App {
  readonly id: string;
  readonly mode: 'CONVERSATION' | 'DISPATCH';
}

export const PROJECT = 'local-project';

export const APPS: readonly App[] = [
  { id: 'APPC0000000000000000000001', mode: 'CONVERSATION' },
  { id: 'APPD0000000000000000000002', mode: 'DISPATCH' },
  { id: 'APPE0000000000000000000003', mode: 'CONVERSATION' },
];

export const PEOPLE: readonly Person[] = Array.from({ length: 6 }, (_, place) => ({
  number: `4670174060${place}`,
  contactId: `CONTACT00000000000000000${place}`,
}));

/** People whose contact is deleted in a run; nothing is about them after that. */
export const LEAVING: readonly Person[] = Array.from({ length: 2 }, (_, place) => ({
  number: `4479460009${place}0`,
  contactId: `CONTACT0000000000000LEAVE${place}`,
}));

export const CHANNELS = ['SMS', 'WHATSAPP', 'RCS'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Channels that reach one inbox by one number, and share a consent. */
const SHARED: ReadonlySet<string> = new Set(['SMS', 'RCS']);

/** Whoever has the same name shares a consent. */
export const familyOf = (channel: string, identity: string): string =>
  `${SHARED.has(channel) ? 'SMS' : channel}/${identity}`;

/** People on WhatsApp who have a number and a business-scoped id. That both are one person is known from a callback that names both. */
export const TWINS = Array.from({ length: 2 }, (_, place) => ({
  number: `3247012345${place}`,
  scopedId: `BE.${1349120865530200 + place}`,
  contactId: `CONTACT00000000000TWIN${place}`,
}));
export type Twin = (typeof TWINS)[number];

/** People on WhatsApp whose number changes. */
export const MOVERS = Array.from({ length: 2 }, (_, place) => ({
  before: `3161234560${place}`,
  after: `3169876540${place}`,
  contactId: `CONTACT00000000000MOVER${place}`,
}));
export type Mover = (typeof MOVERS)[number];

/** The contact that Sinch has for an address. */
export const contactOf = (identity: string): string =>
  [
    ...[...PEOPLE, ...LEAVING].map(({ number, contactId }) => ({ known: [number], contactId })),
    ...TWINS.map(({ number, scopedId, contactId }) => ({ known: [number, scopedId], contactId })),
    ...MOVERS.map(({ before, after, contactId }) => ({ known: [before, after], contactId })),
  ].find(({ known }) => known.includes(identity))?.contactId ?? '';

/** Everybody whose consent is looked at: each address by its channel. */
export const ADDRESSES: readonly (readonly [channel: ChannelName, identity: string])[] = [
  ...[...PEOPLE, ...LEAVING].flatMap(({ number }) =>
    CHANNELS.map((channel) => [channel, number] as const),
  ),
  ...TWINS.flatMap(({ number, scopedId }) =>
    [number, scopedId].map((identity) => ['WHATSAPP', identity] as const),
  ),
  ...MOVERS.flatMap(({ before, after }) =>
    [before, after].map((identity) => ['WHATSAPP', identity] as const),
  ),
];
