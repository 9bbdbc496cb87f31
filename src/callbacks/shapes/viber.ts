import { isRecord } from './parts.ts';

/**
 * The reference pages write VIBER for Viber Business Messages in opt and capability callbacks; Sinch's real name is
 * VIBERBM. A Viber bot's identity is no phone number (letters and `==`; Sinch's 2021 documentation): that one stays VIBER.
 */
export function withViberBusiness(raw: unknown): unknown {
  if (!isRecord(raw) || raw.channel !== 'VIBER') return raw;
  const isBot = typeof raw.identity === 'string' && /[^\d\s()+./-]/.test(raw.identity);
  return isBot ? raw : { ...raw, channel: 'VIBERBM' };
}
