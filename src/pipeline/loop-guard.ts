import { AppError, messageOf } from '../errors.ts';
import { findZone, hostNameOf, zoneOf } from '../outbound/http.ts';
import type { Services } from '../work/services.ts';

type Reach = Pick<Services, 'objects' | 'settings' | 'now'>;

/** The origins that this isolate has recorded already, for each deployment. */
const recorded = new WeakMap<object, Set<string>>();

/**
 * Records the host at which a callback arrived, once for each isolate, so that nothing is ever sent there. It runs in the background;
 * a failure is logged, and the next callback tries again.
 * @param url the URL of the request
 * @param later `waitUntil`
 */
export function recordOwnHost(
  url: string,
  { objects, effects }: Pick<Services, 'objects' | 'effects'>,
  later: (work: Promise<unknown>) => void,
): void {
  // Up to the first slash after "https://". Nearly every callback returns two lines below, so nothing is parsed before.
  const origin = url.slice(0, url.indexOf('/', 8));
  const known = recorded.get(effects) ?? new Set();
  if (known.has(origin)) return;
  recorded.set(effects, known.add(origin));
  const stored = objects.alerts.desk
    .addOwnHost(hostNameOf(new URL(url)))
    .catch((error: unknown) => {
      known.delete(origin);
      console.error({ event: 'host.not-recorded', message: messageOf(error) });
    });
  later(stored);
}

/** The domains that nothing is sent to or fetched from: our own hosts, that of `PUBLIC_URL`, and setting `BLOCKED_EGRESS_DOMAINS`. */
export async function blockedEgressDomains({
  now,
  objects,
  settings: { blockedEgressDomains: set, publicUrl },
}: Reach): Promise<readonly string[]> {
  const named = publicUrl === undefined ? [] : [hostNameOf(new URL(publicUrl))];
  return [...set, ...[...named, ...(await objects.alerts.desk.ownHosts(now()))].map(zoneOf)];
}

/** Refuses to fetch a file from our own domains. @throws AppError `destination_refused` */
export async function refuseOwnDomain(url: string, services: Reach): Promise<void> {
  const blocked = findZone(url, await blockedEgressDomains(services));
  if (blocked !== undefined)
    throw new AppError(
      'destination_refused',
      `archive: the URL is in ${blocked}, a domain of this Signalbox`,
    );
}
