/** The channels of the Conversation API, the most used first. */
export const CHANNELS: readonly string[] = [
  ...['SMS', 'WHATSAPP', 'RCS', 'MMS', 'MESSENGER', 'INSTAGRAM', 'VIBERBM', 'VIBER', 'TELEGRAM'],
  ...['LINE', 'KAKAOTALK', 'WECHAT', 'APPLEBC'],
];
