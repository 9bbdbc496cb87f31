import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import { AppError } from '../../errors.ts';
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

/** Why an opt-out applies to all content. */
export const NO_LIST = 'The opt-out names no list, so it applies to all content';

/** Records a change of consent with its evidence: the newest event wins, and on a tie the STOP. */
export async function changeConsent(
  scope: Scope,
  to: 'out' | 'in' | 'hold',
  context: StateContext,
): Promise<void> {
  const { key, subject, rule, rulebook, fact, objects } = context;
  const text = fact('text');
  const isOpt = fact('opt_status') !== undefined;
  const event = {
    scope,
    to,
    at: subject.eventTime,
    source: isOpt ? 'opt' : typeof text === 'string' ? 'keyword' : 'channel',
    app: subject.appId || undefined,
    callbackId: subject.callbackId,
    rule,
    rulebook,
    ...(isOpt && to === 'out' && scope === 'all' ? { reason: NO_LIST } : {}),
    ...(typeof text === 'string' ? { words: text.slice(0, 200) } : {}),
  } as const;
  const addresses = await addressesFor(to, context);
  await objects.recipients.change(
    // A key counts once for each person, so the addresses may share it.
    addresses.map((address) => ({ ...event, address, key })),
  );
}

/**
 * The person's addresses. An opt-out that names a contact and no address applies to all known addresses of the contact; an opt-in
 * never does, because it is given for one address.
 */
async function addressesFor(
  to: 'out' | 'in' | 'hold',
  { subject, contactAddresses }: StateContext,
): Promise<readonly Address[]> {
  if (to !== 'out' || subject.identity) return [addressOf(subject)];
  const known = await contactAddresses();
  if (known.length > 0) return known;
  if (!subject.contactId) return [addressOf(subject)];
  throw new AppError(
    'action_impossible',
    `${subject.trigger} names a contact without an address, and no address of the contact is known`,
  );
}
