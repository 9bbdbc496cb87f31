import { messageOf } from '../../errors.ts';
import { hostNameOf } from '../../outbound/http.ts';
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
export type DeskClient = Omit<
  DeskCalls,
  'addOwnHost' | 'circuit' | 'ownHosts' | 'recordAccepted' | 'recordRefused'
> & {
  /** Returns until when forwards to a destination are paused. A healthy destination is remembered for ten seconds. */
  readonly forwardsBlockedUntil: (to: string, now: number) => Promise<number | undefined>;
  /** Stores that a destination accepted a forward; at most once a minute while it is healthy. */
  readonly noteForwarded: (to: string, now: number) => Promise<void>;
  /** Stores that a destination did not answer a forward; `opened` as in `recordAttempt`. */
  readonly recordUnavailable: (
    to: string,
    message: string,
    now: number,
  ) => Promise<{ opened: boolean }>;
  /** Stores that a destination refused a forward, by the key of its effect. `isolated`: that body alone is at fault. */
  readonly recordRefusal: (
    to: string,
    key: string,
    message: string,
    now: number,
  ) => Promise<{ opened: boolean; isolated: boolean }>;
  /**
   * Stores the host at which a callback arrived, once for each isolate, so that nothing is ever sent there. It runs in the
   * background; a failure is logged, and the next callback tries again.
   * @param url the URL of the request
   * @param later `waitUntil`
   */
  readonly recordOwnHost: (url: string, later: (work: Promise<unknown>) => void) => void;
  /** Returns the hosts at which callbacks arrive, at most 30 seconds old. */
  readonly ownHosts: (now: number) => Promise<readonly string[]>;
};

type DeskCalls = Calls<
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
  | 'circuit'
  | 'recordAccepted'
  | 'recordRefused'
  | 'addOwnHost'
  | 'ownHosts'
>;

/** Groups of alerts, and the desk that lists them. */
export interface AlertsClient {
  readonly group: (id: string) => GroupClient;
  readonly desk: DeskClient;
}

/** How long an isolate remembers that a destination is healthy, in milliseconds. The desk is one object for all forwards. */
const HEALTHY = 10_000;
/** The prefix of the circuits of forwards: alerts and forwards to a destination fail apart. */
const FORWARD = 'forward ';
/** How often an isolate stores that a healthy destination accepts forwards, in milliseconds. */
const ACCEPTED = 60_000;
/** How long an isolate remembers the hosts at which callbacks arrive, in milliseconds. */
const HOSTS = 30_000;

/** Opens the clients of the alert objects. What an isolate remembers of the desk ends with the clients. */
export function openAlerts(
  groups: DurableObjectNamespace<AlertGroup>,
  desks: DurableObjectNamespace<AlertDesk>,
): AlertsClient {
  // Most requests need no stub, so it is created on use.
  const desk = () => desks.getByName('desk');
  const healthy = new Map<string, number>();
  const accepted = new Map<string, number>();
  /** The origins that have been stored. */
  const recorded = new Set<string>();
  let hosts: { readonly until: number; readonly names: readonly string[] } | undefined;
  async function storeHost(host: string): Promise<void> {
    await desk().addOwnHost(host);
    hosts = undefined;
  }
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
      async circuits() {
        const found = await desk().circuits();
        return found.map(({ to, ...circuit }) => ({
          ...circuit,
          to: to.startsWith(FORWARD)
            ? `the forwarding to ${to.slice(FORWARD.length)}`
            : `destination ${to}`,
        }));
      },
      blockedUntil: (to, now) => desk().blockedUntil(to, now),
      recordAttempt: (to, failure, now) => desk().recordAttempt(to, failure, now),
      async forwardsBlockedUntil(to, now) {
        if ((healthy.get(to) ?? 0) > now) return undefined;
        healthy.delete(to);
        const { failing, until } = await desk().circuit(`${FORWARD}${to}`, now);
        if (!failing) healthy.set(to, now + HEALTHY);
        return until;
      },
      async noteForwarded(to, now) {
        const isHealthy = (healthy.get(to) ?? 0) > now;
        if (isHealthy && now - (accepted.get(to) ?? 0) < ACCEPTED) return;
        await desk().recordAccepted(`${FORWARD}${to}`, now);
        accepted.set(to, now);
      },
      async recordUnavailable(to, message, now) {
        healthy.delete(to);
        return desk().recordAttempt(`${FORWARD}${to}`, message, now);
      },
      async recordRefusal(to, key, message, now) {
        healthy.delete(to);
        return desk().recordRefused(`${FORWARD}${to}`, key, message, now);
      },
      recordOwnHost(url, later) {
        // Up to the first slash after "https://". Nearly every callback returns on the next line, so the URL is not parsed.
        const origin = url.slice(0, url.indexOf('/', 8));
        if (recorded.has(origin)) return;
        recorded.add(origin);
        later(
          storeHost(hostNameOf(new URL(url))).catch((error: unknown) => {
            recorded.delete(origin);
            // @event host.not-recorded | The host at which callbacks arrive could not be stored; the
            //   next callback tries again.
            console.error({ event: 'host.not-recorded', message: messageOf(error) });
          }),
        );
      },
      async ownHosts(now) {
        if (!hosts || hosts.until <= now)
          hosts = { until: now + HOSTS, names: await desk().ownHosts() };
        return hosts.names;
      },
    },
  };
}
