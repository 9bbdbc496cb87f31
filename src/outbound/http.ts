/** Returns whether a request with this status can succeed later. 2xx is done; any other status fails the same way again. */
export const isRetryable = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** Returns the seconds that `Retry-After` asks for, given as a number or a date. `now` in milliseconds. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}

/** Returns the name of a server: its host; without TLS, where one machine may run several, with the port. */
export const hostNameOf = ({ protocol, host, hostname }: URL): string =>
  (protocol === 'http:' ? host : hostname).replace(/\.(?=:|$)/, '');

/** Returns the zone of a host: on workers.dev that of the account, elsewhere the host itself. */
export const zoneOf = (host: string): string =>
  host.replace(/^[^.]+\.(?=[^.]+\.workers\.dev$)/, '');

/** Returns the zone that contains the host of a URL; `undefined` if none does or the URL is invalid. */
export function findZone(url: string, zones: readonly string[]): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const name = hostNameOf(new URL(url));
  return zones.find((zone) => name === zone || name.endsWith(`.${zone}`));
}
