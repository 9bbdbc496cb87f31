/** Whether a request with this status may succeed later: 408, 425, 429 and 5xx. */
export const isRetryable = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** `Retry-After` of a response, in seconds, given as a number or a date. `now` in milliseconds. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}

/** The host name of a URL, with the port only for plain http, where one machine may run several servers. */
export const hostNameOf = ({ protocol, host, hostname }: URL): string =>
  (protocol === 'http:' ? host : hostname).replace(/\.(?=:|$)/, '');

/** The domain of a host: on workers.dev the account's, elsewhere the host itself. */
export const zoneOf = (host: string): string =>
  host.replace(/^[^.]+\.(?=[^.]+\.workers\.dev$)/, '');

/** The domain of these that contains a URL; `undefined` for none, and for an invalid URL. */
export function findZone(url: string, zones: readonly string[]): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const name = hostNameOf(new URL(url));
  return zones.find((zone) => name === zone || name.endsWith(`.${zone}`));
}
