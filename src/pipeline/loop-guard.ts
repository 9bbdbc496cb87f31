import { AppError, messageOf } from '../errors.ts';
import { findZone, hostNameOf, zoneOf } from '../outbound/http.ts';
import type { Services } from '../work/services.ts';

type Reach = Pick<Services, 'objects' | 'settings'>;

/** The origins that this isolate has seen already, a deployment at a time. */
const seen = new WeakMap<object, Set<string>>();

/**
 * Remembers the host at which a callback arrived that acts, once an isolate: nothing is ever sent there. It does not wait for it;
 * what cannot be noted is noted with the next isolate.
 * @param url the address of the request
 * @param later `waitUntil`
 */
export function noteHost(
  url: string,
  { objects, effects }: Pick<Services, 'objects' | 'effects'>,
  later: (work: Promise<unknown>) => void,
): void {
  // Up to the first slash behind "https://": nearly every callback ends here, so nothing is parsed.
  const origin = url.slice(0, url.indexOf('/', 8));
  const known = seen.get(effects) ?? new Set();
  if (known.has(origin)) return;
  seen.set(effects, known.add(origin));
  const noted = objects.alerts.desk.addOwnHost(hostNameOf(new URL(url))).catch((error: unknown) => {
    known.delete(origin);
    console.error({ event: 'host.not-noted', message: messageOf(error) });
  });
  later(noted);
}

/** The zones that are our own: the hosts at which we are reached, that of `PUBLIC_URL`, and what `BLOCKED_EGRESS_DOMAINS` names. */
export async function blockedEgressDomains({
  objects,
  settings: { blockedEgressDomains: set, publicUrl },
}: Reach): Promise<readonly string[]> {
  const named = publicUrl === undefined ? [] : [hostNameOf(new URL(publicUrl))];
  return [...set, ...[...named, ...(await objects.alerts.desk.ownHosts())].map(zoneOf)];
}

/** Lets no file be fetched from ourselves. @throws AppError `destination_refused` */
export async function refuseOwn(url: string, services: Reach): Promise<void> {
  const own = findZone(url, await blockedEgressDomains(services));
  if (own !== undefined)
    throw new AppError(
      'destination_refused',
      `archive: the address is in ${own}, Signalbox’s own zone`,
    );
}
