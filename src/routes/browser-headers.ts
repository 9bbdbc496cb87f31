import { createMiddleware } from 'hono/factory';

/** What a browser that opens an answer of the API may do with it: nothing but show it. As Hono’s `secureHeaders` sets them, in a tenth of the bytes. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** Sets them on one answer. */
export function setBrowserHeaders({ headers }: Response): void {
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
}

/** Sets them on every answer. */
export const withBrowserHeaders = createMiddleware(async (c, next) => {
  await next();
  setBrowserHeaders(c.res);
});
