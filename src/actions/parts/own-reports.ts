/** Triggers that report what became of something that the business sent. The person did nothing. */
export const OWN_REPORTS: readonly string[] = [
  'MESSAGE_SUBMIT',
  'MESSAGE_DELIVERY',
  'EVENT_DELIVERY',
  'SMS_DELIVERY',
  'BATCH_STATUS_UPDATE',
  'CAPABILITY',
];
