import type { Campaign } from '../drive.ts';
import { textOf } from '../drive.ts';
import type { Reached } from '../house.ts';
import { TERMS } from '../rulebook.ts';
import { acknowledgedAt, appliedAt } from './expected.ts';
import type { Invariant, Observed } from './observed.ts';
import { openKin } from './people.ts';

/**
 * How long a send may take from its last look at the consent until it reaches Sinch, in
 * milliseconds: its calls, each with its time limit.
 */
export const IN_FLIGHT = 75_000;

const isSend = ({ host, messageId }: Reached): boolean =>
  host === 'sinch' && messageId !== undefined;

/**
 * No message is sent twice unless an answer was unknown, never after DELIVERED, never past its
 * limit.
 */
export const sendsOnce: Invariant = {
  name: 'sent once',
  demands:
    'a message is sent again only after a failure of the sending before it, once each, at most as often as its rule allows, and never once it was delivered; twice only where an answer was truly unknown',
  check: (observed) => [
    ...observed.campaigns.flatMap((campaign) => campaignFaults(campaign, observed)),
    ...replyFaults(observed),
  ],
};

function campaignFaults(campaign: Campaign, observed: Observed): readonly string[] {
  const { isLossy } = observed;
  const { name, app, resent } = campaign;
  const faults: string[] = [];
  const unknown = resent.filter(({ isAnswered }) => !isAnswered).length;
  // A sending whose answer was lost, or whose isolate died before it noted it, is a message of its
  // own: where Sinch cannot be asked, its failures begin anew.
  const begun = isLossy ? resent.length : unknown;
  if (resent.length > TERMS.retry.atMost * (1 + begun))
    faults.push(
      `${name}: was sent again ${resent.length} times, ${TERMS.retry.atMost} are allowed`,
    );
  // Each sending that failed may be followed by one.
  const failures = observed.callbacks.filter(
    ({ told }) => told?.metadata === `meta-${name}` && told.reason === 'RATE_LIMITED',
  );
  if (resent.length > failures.length + unknown)
    faults.push(`${name}: was sent again ${resent.length} times after ${failures.length} failures`);
  for (const [place, later] of resent.entries()) {
    const earlier = resent[place - 1];
    if (!earlier) continue;
    const failedSince = failures.some(
      ({ told, firstAt }) => told?.id === earlier.messageId && firstAt <= later.at,
    );
    // In CONVERSATION mode Sinch can be asked: an unknown answer is no excuse once the message is
    // listed.
    const couldKnow = app.mode === 'CONVERSATION' && later.sentAt - earlier.at > 30_000;
    if (!failedSince && (earlier.isAnswered || couldKnow))
      faults.push(
        `${name}: was sent again as ${later.messageId ?? ''} although ${earlier.messageId ?? ''} had not failed`,
      );
  }
  const first = failures[0];
  const late = resent.find(
    ({ at }) => first && at > first.eventAt + TERMS.retry.within + IN_FLIGHT,
  );
  if (late) faults.push(`${name}: was sent again later than its rule allows`);
  const delivered = observed.callbacks.filter(
    ({ told }) => told?.metadata === `meta-${name}` && told.status === 'DELIVERED',
  );
  for (const callback of delivered) {
    const at = acknowledgedAt(callback);
    if (at === undefined) continue;
    // Such a message of its own fails and is sent again, whatever becomes of the other one.
    const isOwn =
      begun > 0 &&
      resent.some(
        ({ messageId, sentAt }) => messageId !== callback.told?.id && sentAt <= at + IN_FLIGHT,
      );
    if (!isOwn && resent.some((send) => send.sentAt > at + IN_FLIGHT))
      faults.push(`${name}: was sent again after it was delivered`);
  }
  return faults;
}

/**
 * Where nothing can break off, each failure is followed by a sending, up to the limit, unless the
 * person refuses, the message was delivered, or a request or an answer was lost and Sinch cannot be
 * asked.
 */
export const sentAgain: Invariant = {
  name: 'sent again',
  demands: 'a message whose sending failed is sent again, as often as its rule says',
  check(observed) {
    if (observed.isLossy) return [];
    return observed.campaigns.flatMap(({ name, channel, identity, app, resent, text }) => {
      const about = observed.callbacks.filter(({ told }) => told?.metadata === `meta-${name}`);
      const failures = about.filter(({ told }) => told?.reason === 'RATE_LIMITED').length;
      const isKin = openKin(`${channel}/${identity}`, observed);
      const [submitted] = about.filter(({ told }) => told?.trigger === 'MESSAGE_SUBMIT');
      const [failed] = about.filter(({ told }) => told?.reason === 'RATE_LIMITED');
      // Without its copy a message cannot be sent again: it must be there when the failure comes.
      const isCopied = submitted && failed && appliedAt(submitted) < failed.firstAt;
      const isExcused =
        !isCopied ||
        about.some(({ told }) => told?.status === 'DELIVERED') ||
        [...observed.recipients].some(
          ([address, { history }]) => isKin(address) && history.some(({ to }) => to !== 'in'),
        ) ||
        resent.some(({ isAnswered }) => !isAnswered) ||
        (app.mode === 'DISPATCH' && observed.lost.includes(text));
      const due = Math.min(failures, TERMS.retry.atMost);
      return isExcused || resent.length >= due
        ? []
        : [`${name}: was sent again ${resent.length} times, ${due} were due`];
    });
  },
};

/** An inbound message is answered at most once. */
function replyFaults({ reached, callbacks }: Observed): readonly string[] {
  const replies = reached.filter((send) => isSend(send) && /\(ID-/.test(textOf(send.body)));
  return [...Map.groupBy(replies, ({ body }) => textOf(body))].flatMap(([text, sends]) => {
    const faults = sends.length > 1 ? [`“${text}” was sent ${sends.length} times`] : [];
    const asked = callbacks.find(({ told }) => told && text.includes(`(${told.id})`));
    if (!asked) return [...faults, `“${text}” answers nothing`];
    return sends.some(({ at }) => at > asked.eventAt + TERMS.reply.within + IN_FLIGHT)
      ? [...faults, `“${text}” came later than its rule allows`]
      : faults;
  });
}
