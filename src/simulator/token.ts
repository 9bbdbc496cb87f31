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
 * Whether a request carries a token of ours that has not run out. Tokens outlive a restart, as
 * signed ones do.
 */
export function isAuthorized(authorization: string | null, now: number): boolean {
  const [, until] = new RegExp(`^Bearer ${PREFIX}-(\\d+)$`, 'i').exec(authorization ?? '') ?? [];
  return Number(until) > now;
}
