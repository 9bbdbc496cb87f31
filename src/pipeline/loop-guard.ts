import { AppError } from '../errors.ts';
import { findZone, hostNameOf, zoneOf } from '../outbound/http.ts';
import type { Services } from '../work/services.ts';

type Reach = Pick<Services, 'objects' | 'settings' | 'now'>;

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
