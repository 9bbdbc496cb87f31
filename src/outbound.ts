/** 2xx is done; 408, 425, 429 and 5xx may pass later; anything else will fail the same way again. */
export const mayPassLater = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** Seconds that an answer asks us to wait: `Retry-After` as a number or a date. `now` in milliseconds. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}
