import * as v from 'valibot';
import { addressOf, type StateContext } from '../action.ts';

/** What a person can stop. Source: Sinch Consent Management, OPT_OUT_ALL, OPT_OUT_MARKETING, OPT_OUT_NOTIFICATION. */
export const Scope = v.picklist(['all', 'marketing', 'notification']);
export type Scope = v.InferOutput<typeof Scope>;

/** A scope in a sentence. */
export const saidScope: Readonly<Record<Scope, string>> = {
  all: 'all messages',
  marketing: 'marketing',
  notification: 'notifications',
};

/** Puts a person's consent on record: newest event wins, a tie goes to STOP, by the words or the callback that said so. */
export async function changeConsent(
  scope: Scope,
  to: 'out' | 'in',
  { key, subject, rule, rulebook, fact, objects }: StateContext,
): Promise<void> {
  const words = fact('text');
  await objects.recipients.change([
    {
      key,
      address: addressOf(subject),
      scope,
      to,
      at: subject.eventTime,
      source:
        fact('opt_status') !== undefined
          ? 'opt'
          : typeof words === 'string'
            ? 'keyword'
            : 'channel',
      callbackId: subject.callbackId,
      rule,
      rulebook,
      ...(typeof words === 'string' ? { words: words.slice(0, 200) } : {}),
    },
  ]);
}
