import type { Reason } from '../api/may-send.ts';
import { time } from '../api/operation.ts';
import { byWhat } from '../api/senders.ts';
import {
  type ConsentEvent,
  type ConsentState,
  consentStates,
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

/** Returns the scope that forbids this content, if any. `all` implies the others, and only `all` forbids `other`. */
function forbidding({ scopes }: Pick<ConsentState, 'scopes'>, content: Content): Scope | undefined {
  if (scopes.all) return 'all';
  return content !== 'other' && scopes[content] ? content : undefined;
}

/** Returns why a person may not receive a message: the oldest event that still suppresses the scope. Empty where it is allowed. */
export function refusals({ history }: ConsentHistory, content: Content): Reason[] {
  if (history.length === 0) return [];
  const last = [...consentStates(history)].at(-1);
  const scope = last && forbidding(last.state, content);
  if (!scope) return [];
  const cause = last.holding.find((event) => event.scope === scope);
  return [
    {
      code: CODES[scope],
      message: `This person wants ${SAID[scope]}${cause ? `: ${COMING[cause.source](cause)}` : ''}.`,
      since: time(cause?.at ?? last.state.since ?? 0),
      decision_id:
        cause?.callbackId ?? `${cause?.source ?? 'unknown'} ${cause?.actor ?? ''}`.trim(),
    },
  ];
}

/** Returns the same from the copy in KV, which has the scope and its start, but not the cause. */
export function copiedRefusals(person: string, copy: ConsentState, content: Content): Reason[] {
  const scope = forbidding(copy, content);
  if (!scope) return [];
  return [
    {
      code: CODES[scope],
      message: `This person wants ${SAID[scope]}.`,
      ...(copy.since !== undefined && { since: time(copy.since) }),
      decision_id: `consent:${person}`,
    },
  ];
}

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
