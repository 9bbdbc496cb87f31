import * as v from 'valibot';
import { addressOf, type StateContext } from '../action.ts';

/** The scope of an opt-out. Source: Sinch Consent Management, OPT_OUT_ALL, OPT_OUT_MARKETING, OPT_OUT_NOTIFICATION. */
export const Scope = v.picklist(['all', 'marketing', 'notification']);
export type Scope = v.InferOutput<typeof Scope>;

/** The scopes as text. */
export const scopeLabel: Readonly<Record<Scope, string>> = {
  all: 'all messages',
  marketing: 'marketing',
  notification: 'notifications',
};

/** Records a change of consent with its evidence: the newest event wins, and on a tie the STOP. */
export async function changeConsent(
  scope: Scope,
  to: 'out' | 'in' | 'hold',
  { key, subject, rule, rulebook, fact, objects }: StateContext,
): Promise<void> {
  const text = fact('text');
  await objects.recipients.change([
    {
      key,
      address: addressOf(subject),
      scope,
      to,
      at: subject.eventTime,
      source:
        fact('opt_status') !== undefined ? 'opt' : typeof text === 'string' ? 'keyword' : 'channel',
      app: subject.appId || undefined,
      callbackId: subject.callbackId,
      rule,
      rulebook,
      ...(typeof text === 'string' ? { words: text.slice(0, 200) } : {}),
    },
  ]);
}
