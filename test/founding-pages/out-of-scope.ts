import type { Row } from './row.ts';

/** Points to mind that do not apply, each with the reason. */
export const OUT_OF_SCOPE: readonly Row[] = [
  {
    id: 'K-R1',
    page: 'recordings',
    row: 'Recordings come from voice calls',
    reason:
      'A statement about the product that records; Signalbox reads the notification whatever made it',
  },
  {
    id: 'K-R4',
    page: 'recordings',
    row: 'Callers agree to a recording',
    reason: 'A duty of the business before the call; the rule states it',
  },
  {
    id: 'K-U1',
    page: 'unsupported',
    row: 'A trigger of its own is to be preferred',
    reason: 'Advice about the choice of triggers: rules of every trigger exist',
  },
  {
    id: 'K-D2',
    page: 'delivery',
    row: 'Not all channels report that a message was read',
    reason: 'A limit of the channels',
  },
  {
    id: 'K-C9',
    page: 'capability',
    row: 'A lookup takes the channel some seconds',
    reason: 'A property of the channels',
  },
  {
    id: 'K-CD2',
    page: 'deleted contacts',
    row: 'Conversations of a deleted contact stay at Sinch',
    reason: 'Signalbox holds no conversations',
  },
  {
    id: 'K-CD3',
    page: 'deleted contacts',
    row: 'A contact is deleted by request only',
    reason: 'A property of Sinch',
  },
  {
    id: 'K-CM3',
    page: 'merged contacts',
    row: 'The contact that stays keeps its own name and metadata',
    reason: 'Sinch merges; Signalbox holds no names',
  },
  {
    id: 'K-O3',
    page: 'consent',
    row: 'The channel shows its own button',
    reason: 'A property of the channels',
  },
];
