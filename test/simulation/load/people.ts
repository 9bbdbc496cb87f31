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

export const CHANNELS = ['SMS', 'WHATSAPP'] as const;
export type ChannelName = (typeof CHANNELS)[number];
