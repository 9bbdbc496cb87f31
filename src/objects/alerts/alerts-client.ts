import type { AlertDesk } from './alert-desk.ts';
import type { AlertGroup } from './alert-group.ts';

type Calls<T, K extends keyof T> = Pick<T, K>;

/** One group of alerts. State: its `AlertGroup` object. Copy: its summary in the `AlertDesk` object. */
export type GroupClient = Calls<
  AlertGroup,
  | 'raise'
  | 'end'
  | 'wake'
  | 'settle'
  | 'applyResult'
  | 'resend'
  | 'summaryStored'
  | 'read'
  | 'isDue'
  | 'forget'
>;

/** The state that all groups share. State: the one `AlertDesk` object. */
export type DeskClient = Calls<
  AlertDesk,
  | 'note'
  | 'end'
  | 'list'
  | 'ids'
  | 'readState'
  | 'silence'
  | 'unsilence'
  | 'silences'
  | 'circuits'
  | 'blockedUntil'
  | 'recordAttempt'
  | 'addOwnHost'
  | 'ownHosts'
>;

/** Groups of alerts, and the desk that lists them. */
export interface AlertsClient {
  readonly group: (id: string) => GroupClient;
  readonly desk: DeskClient;
}

/** Opens the clients of the alert objects. */
export function openAlerts(
  groups: DurableObjectNamespace<AlertGroup>,
  desks: DurableObjectNamespace<AlertDesk>,
): AlertsClient {
  // Most requests need no stub, so it is created on use.
  const desk = () => desks.getByName('desk');
  return {
    group(id) {
      const group = groups.getByName(id);
      return {
        raise: (raised, now) => group.raise(raised, now),
        end: (ending, now) => group.end(ending, now),
        wake: (now) => group.wake(now),
        settle: (standing, now) => group.settle(standing, now),
        applyResult: (order, answer, fallback, now) =>
          group.applyResult(order, answer, fallback, now),
        resend: (to, now) => group.resend(to, now),
        summaryStored: (summary) => group.summaryStored(summary),
        read: () => group.read(),
        forget: (people, now) => group.forget(people, now),
        isDue: (now) => group.isDue(now),
      };
    },
    desk: {
      note: (summary, now) => desk().note(summary, now),
      end: (ending, now) => desk().end(ending, now),
      list: (phase, limit) => desk().list(phase, limit),
      ids: () => desk().ids(),
      readState: (now) => desk().readState(now),
      silence: (silence) => desk().silence(silence),
      unsilence: (id) => desk().unsilence(id),
      silences: (now) => desk().silences(now),
      circuits: () => desk().circuits(),
      blockedUntil: (to, now) => desk().blockedUntil(to, now),
      recordAttempt: (to, failure, now) => desk().recordAttempt(to, failure, now),
      addOwnHost: (host) => desk().addOwnHost(host),
      ownHosts: () => desk().ownHosts(),
    },
  };
}
