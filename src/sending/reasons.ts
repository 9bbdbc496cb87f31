import { byWhat } from '../api/operating/senders.ts';
import { time } from '../api/operation.ts';
import type { Reason } from '../api/sending/may-send.ts';
import {
  type ConsentEvent,
  type ConsentState,
  consentStateOf,
  foldConsent,
  holdingFor,
  refusalOf,
  type Scope,
} from '../objects/recipients/consent.ts';
import type { ConsentHistory } from '../objects/recipients/recipients-client.ts';
import type { Remaining } from '../objects/senders/senders.ts';
import type { Content } from '../rules/model/values.ts';
import type { WrongAddress } from './address.ts';

const CODES = {
  all: 'opted_out',
  marketing: 'opted_out_marketing',
  notification: 'opted_out_notification',
} as const satisfies Readonly<Record<Scope, Reason['code']>>;

const SAID: Readonly<Record<Scope, string>> = {
  all: 'no messages at all',
  marketing: 'no marketing',
  notification: 'no notifications',
};

const COMING: Readonly<Record<ConsentEvent['source'], (event: ConsentEvent) => string>> = {
  keyword: ({ words }) => (words ? `they wrote “${words}”` : 'they wrote so'),
  opt: () => 'they opted out on the channel',
  channel: () => 'the channel refused a message for that reason',
  hand: ({ actor, reason }) =>
    `put on the list by ${actor ?? 'hand'}${reason ? `: ${reason}` : ''}`,
  import: ({ actor, reason }) =>
    `a list imported by ${actor ?? 'an unknown actor'}${reason ? `: ${reason}` : ''}`,
};

/**
 * Returns why an app may not send to a person: the oldest event that still suppresses the scope, or an open review. Empty where it
 * is allowed. Without an app, every app with a consent record must allow it.
 */
export function refusals({ history }: ConsentHistory, content: Content, app?: string): Reason[] {
  if (history.length === 0) return [];
  const fold = foldConsent(history);
  const scope = refusalOf(consentStateOf(history), content, app);
  if (!scope) return [];
  const causes: readonly ConsentEvent[] =
    scope === 'review'
      ? fold.reviews
      : holdingFor(fold, app).filter((event) => event.scope === scope);
  const [cause] = causes.toSorted((a, b) => a.at - b.at);
  return [
    {
      ...reasonOf(scope, cause && COMING[cause.source](cause)),
      since: time(cause?.at ?? 0),
      decision_id:
        cause?.callbackId ?? `${cause?.source ?? 'unknown'} ${cause?.actor ?? ''}`.trim(),
    },
  ];
}

/** Returns the same from the copy in KV, which has the scopes and the start, but not the cause. */
export function copiedRefusals(
  person: string,
  copy: ConsentState,
  content: Content,
  app?: string,
): Reason[] {
  const scope = refusalOf(copy, content, app);
  if (!scope) return [];
  const since = scope === 'review' ? copy.reviewSince : copy.since;
  return [
    {
      ...reasonOf(scope),
      ...(since !== undefined && { since: time(since) }),
      decision_id: `consent:${person}`,
    },
  ];
}

const reasonOf = (scope: Scope | 'review', cause?: string): Pick<Reason, 'code' | 'message'> =>
  scope === 'review'
    ? {
        code: 'review_open',
        message:
          'A message of this person may be a STOP and waits for a decision; until then no marketing.',
      }
    : {
        code: CODES[scope],
        message: `This person wants ${SAID[scope]}${cause ? `: ${cause}` : ''}.`,
      };

/** The reason where consent cannot be read: fail closed. */
export const consentUnavailable = (at: number): Reason => ({
  code: 'consent_unavailable',
  message:
    'The consent of this recipient cannot be read now, so sending is not allowed. Ask again soon.',
  since: time(at),
  decision_id: 'none',
});

/** The reason for a recipient that cannot be read. */
export const unreadable = ({ code, wrong }: WrongAddress, at: number): Reason => ({
  code,
  message: `${wrong}.`,
  since: time(at),
  decision_id: 'none',
});

/** The reason where the limits of a sender cannot be read: fail closed. */
export const throttleUnavailable = (at: number): Reason => ({
  code: 'throttle_unavailable',
  message:
    'The limits of this sender cannot be read now, and without them nothing is sent. Ask again soon.',
  since: time(at),
  decision_id: 'none',
});

/** Returns why a stopped sender may not send. Empty for a sender that is only slowed. */
export function stops(
  { limit, callbackId }: Pick<Remaining, 'limit' | 'callbackId'>,
  content: Content,
): Reason[] {
  if (limit.to !== '0') return [];
  return [
    {
      code: 'sender_stopped',
      message: `This sender’s ${content === 'other' ? 'other messages are' : `${content} is`} stopped ${byWhat(limit.reason)}.`,
      since: time(limit.since),
      until: time(limit.until),
      decision_id: callbackId ?? limit.reason,
    },
  ];
}
