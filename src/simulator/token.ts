/** The credentials for a token. */
export interface Access {
  readonly keyId: string;
  readonly keySecret: string;
}

/** The lifetime of a token in seconds. Source: Sinch's own answers. */
const LIFE = 3_599;

const PREFIX = 'local-token';

/** Answers a client-credentials request: OAuth2's own errors, RFC 6749 section 5.2. */
export function grantToken(
  authorization: string | null,
  form: string,
  { keyId, keySecret }: Access,
  now: number,
): Response {
  if (authorization !== `Basic ${btoa(`${keyId}:${keySecret}`)}`) {
    return Response.json(
      { error: 'invalid_client', error_description: 'wrong key id or key secret' },
      { status: 401 },
    );
  }
  if (new URLSearchParams(form).get('grant_type') !== 'client_credentials') {
    return Response.json(
      {
        error: 'unsupported_grant_type',
        error_description: 'grant_type must be client_credentials',
      },
      { status: 400 },
    );
  }
  const token = `${PREFIX}-${now + LIFE * 1_000}`;
  return Response.json({ access_token: token, expires_in: LIFE, scope: '', token_type: 'bearer' });
}

/**
 * Returns the `WWW-Authenticate` of a request whose token is missing, wrong or expired; `undefined` for a valid one. Tokens
 * outlive a restart, as signed ones do. Source of the texts: the tests of Sinch's SDKs, which refresh a token only on `expired`.
 */
export function challengeOf(authorization: string | null, now: number): string | undefined {
  if (!authorization) return 'Bearer realm="sinch"';
  const [, until] = new RegExp(`^Bearer ${PREFIX}-(\\d+)$`, 'i').exec(authorization) ?? [];
  if (until === undefined) return challenge('Jwt is malformed');
  if (Number(until) > now) return undefined;
  const at = new Date(Number(until)).toISOString().replace(/\.\d+Z$/, 'Z');
  return challenge(`Jwt expired at ${at}`);
}

const challenge = (description: string): string =>
  `Bearer error="invalid_token", error_description="${description}", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"`;
