/** 2xx is done; 408, 425, 429 and 5xx may pass later; anything else will fail the same way again. */
export const isRetryable = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** Seconds that an answer asks us to wait: `Retry-After` as a number or a date. `now` in milliseconds. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}

/** What tells one server from another in an address: the host's name; the port counts only without TLS, where one machine plays several. */
export const hostNameOf = ({ protocol, host, hostname }: URL): string =>
  (protocol === 'http:' ? host : hostname).replace(/\.(?=:|$)/, '');

/** The zone of a host, as far as its name tells: on workers.dev the account's, elsewhere the host itself. */
export const zoneOf = (host: string): string =>
  host.replace(/^[^.]+\.(?=[^.]+\.workers\.dev$)/, '');

/** Which of these zones an address lies in; `undefined`: in none. An address that cannot be read lies nowhere. */
export function findZone(url: string, zones: readonly string[]): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const name = hostNameOf(new URL(url));
  return zones.find((zone) => name === zone || name.endsWith(`.${zone}`));
}
