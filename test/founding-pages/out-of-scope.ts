/** Rows that do not apply, each with the reason. */
export const OUT_OF_SCOPE: Readonly<Record<string, string>> = {
  CM2: 'Sinch holds the conversations and joins them; consent belongs to the address',
  'K-R1':
    'A statement about the product that records; Signalbox reads the notification whatever made it',
  'K-R4': 'A duty of the business before the call; the rule states it',
  'K-U1': 'Advice about the choice of triggers: rules of every trigger exist',
  'K-D2': 'A limit of the channels',
  'K-C9': 'A property of the channels',
  'K-CD2': 'Signalbox holds no conversations',
  'K-CD3': 'A property of Sinch',
  'K-CM3': 'Sinch merges; Signalbox holds no names',
  'K-O3': 'A property of the channels',
};
