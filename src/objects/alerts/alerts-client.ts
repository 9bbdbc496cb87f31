import type { AlertDesk } from './alert-desk.ts';
import type { AlertGroup } from './alert-group.ts';

type Calls<T, K extends keyof T> = Pick<T, K>;

/** One group of alerts. */
export type GroupClient = Calls<
  AlertGroup,
  | 'raise'
  | 'end'
  | 'wake'
  | 'settle'
  | 'answered'
  | 'retell'
  | 'heard'
  | 'read'
  | 'isDue'
  | 'forget'
>;

/** What all groups have in common. */
export type DeskClient = Calls<
  AlertDesk,
  | 'note'
  | 'end'
  | 'list'
  | 'ids'
  | 'standing'
  | 'silence'
  | 'unsilence'
  | 'silences'
  | 'circuits'
  | 'restOf'
  | 'tried'
  | 'reachedAt'
  | 'hosts'
>;

/** Groups of alerts, and the desk that knows them all. */
export interface AlertsClient {
  readonly group: (id: string) => GroupClient;
  readonly desk: DeskClient;
}

/** Opens the objects of alerts. */
export function openAlerts(
  groups: DurableObjectNamespace<AlertGroup>,
  desks: DurableObjectNamespace<AlertDesk>,
): AlertsClient {
  // Most requests ask nothing: a stub is made when it is needed.
  const desk = () => desks.getByName('desk');
  return {
    group(id) {
      const group = groups.getByName(id);
      return {
        raise: (raised, now) => group.raise(raised, now),
        end: (ending, now) => group.end(ending, now),
        wake: (now) => group.wake(now),
        settle: (standing, now) => group.settle(standing, now),
        answered: (order, answer, fallback, now) => group.answered(order, answer, fallback, now),
        retell: (to, now) => group.retell(to, now),
        heard: (summary) => group.heard(summary),
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
      standing: (now) => desk().standing(now),
      silence: (silence) => desk().silence(silence),
      unsilence: (id) => desk().unsilence(id),
      silences: (now) => desk().silences(now),
      circuits: () => desk().circuits(),
      restOf: (to, now) => desk().restOf(to, now),
      tried: (to, failure, now) => desk().tried(to, failure, now),
      reachedAt: (host) => desk().reachedAt(host),
      hosts: () => desk().hosts(),
    },
  };
}
