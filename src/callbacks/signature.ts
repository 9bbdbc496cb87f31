import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Callback } from './callback.ts';
import { triggerNamed } from './triggers/index.ts';

/** Sinch's headers. Source: Sinch's callback documentation; names as its SDKs send them. */
const HEADERS = {
  signature: 'x-sinch-webhook-signature',
  nonce: 'x-sinch-webhook-signature-nonce',
  timestamp: 'x-sinch-webhook-signature-timestamp',
  algorithm: 'x-sinch-webhook-signature-algorithm',
} as const;

const ALGORITHM = 'HmacSHA256';
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

/** How old a signature may be, in milliseconds: long, since Sinch reportedly does not sign anew what it sends again. */
export const SIGNATURE_MAX_AGE = 86_400_000;

/** How far ahead of our clock Sinch's may be, in milliseconds. */
export const MAX_AHEAD = 300_000;

/** App id, or `*` for every app without a list of its own → the secrets that are valid now. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

/** Who signed: every app (or `*`) whose list holds the secret that verified; `app` is the first. */
export interface Signer {
  readonly app: string;
  readonly apps: readonly string[];
}

const Filled = v.pipe(v.string(), v.nonEmpty());
const SecretLists = v.pipe(
  v.record(Filled, v.pipe(v.array(Filled), v.nonEmpty())),
  v.check((lists) => Object.keys(lists).length > 0),
);

/**
 * Reads `WEBHOOK_SECRETS`: one secret as it is, or a JSON object from app id (`*` for all others) to a list of secrets.
 * @throws AppError `not_configured`, naming the setting, never its value
 */
export function readSecrets(setting: string | undefined): Secrets {
  if (!setting)
    throw new AppError('not_configured', 'WEBHOOK_SECRETS is not set: no callback can be trusted');
  if (!setting.trimStart().startsWith('{')) return new Map([['*', [setting]]]);
  const lists = v.safeParse(v.pipe(v.string(), v.parseJson(), SecretLists), setting);
  if (lists.success) return new Map(Object.entries(lists.output));
  // Neither issue nor cause is passed on: both quote the value.
  throw new AppError(
    'not_configured',
    'WEBHOOK_SECRETS: expected one secret, or {"<app id>": ["<secret>", …], "*": ["<secret>", …]} with at least one secret in each list',
  );
}

/** The label of every app that the settings do not name: an attacker must not be able to create labels. */
const OTHER = 'other';

/** Returns the label under which the signatures of an app are counted. */
export const appLabel = (secrets: Secrets, appId: string): string =>
  appId !== '*' && secrets.has(appId) ? appId : OTHER;

/** The signature in a request's headers: well formed and fresh, but not verified. */
export interface SignatureHeaders {
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly nonce: string;
  readonly timestamp: string;
}

/**
 * Reads the signature of a request before its body. Times are milliseconds.
 * @throws AppError `signature_*`
 */
export function readSignature(
  headers: Pick<Headers, 'get'>,
  now: number,
  maxAge: number = SIGNATURE_MAX_AGE,
): SignatureHeaders {
  const read = readHeaders(headers);
  const { timestamp } = read;
  const age = now - Number(timestamp) * 1000;
  if (age > maxAge)
    throw new AppError('signature_too_old', `the signature is older than ${maxAge / 1000} seconds`);
  if (age < -MAX_AHEAD)
    throw new AppError(
      'signature_in_future',
      `the signature is more than ${MAX_AHEAD / 1000} seconds ahead`,
    );
  return read;
}

/**
 * Verifies that Sinch signed these bytes: HMAC-SHA256 over body + "." + nonce + "." + timestamp.
 * @throws AppError `signature_mismatch`, or `not_configured` where there is no secret
 */
export async function verifyBody(
  { signature, nonce, timestamp }: SignatureHeaders,
  body: Uint8Array,
  secrets: Secrets,
): Promise<Signer> {
  if (secrets.size === 0)
    throw new AppError('not_configured', 'WEBHOOK_SECRETS is not set: no callback can be trusted');
  const signed = signedBytes(body, nonce, timestamp);
  for (const list of secrets.values()) {
    for (const secret of list) {
      const key = keys.get(secret) ?? (await importKey(secret));
      if (!(await crypto.subtle.verify(HMAC, key, signature, signed))) continue;
      const apps: string[] = [];
      for (const [app, others] of secrets) if (others.includes(secret)) apps.push(app);
      return { app: apps[0] ?? '*', apps };
    }
  }
  throw new AppError('signature_mismatch', 'the signature does not verify');
}

/** Verifies the signature of a whole request: `readSignature`, then `verifyBody`. */
export async function verifySignature(request: {
  readonly headers: Pick<Headers, 'get'>;
  readonly body: Uint8Array;
  readonly secrets: Secrets;
  readonly now: number;
  readonly maxAge?: number | undefined;
}): Promise<Signer> {
  const { headers, body, secrets, now, maxAge } = request;
  return verifyBody(readSignature(headers, now, maxAge), body, secrets);
}

/**
 * Returns whether a signer may report on every app that a callback names: its own, and those that scope its addresses. A secret
 * listed for one app is valid for that app only, and `*` is not valid for an app with its own list. A callback without an app is
 * accepted from any secret if its trigger is project-level or unknown, else only from `*`. The addresses of a contact are not
 * compared: contacts belong to the project, so any of its apps may report them.
 */
export function mayReport(
  secrets: Secrets,
  { apps }: Signer,
  {
    trigger,
    envelope: { appId },
    subject,
    stateRecords,
  }: Pick<Callback, 'trigger' | 'envelope' | 'subject' | 'stateRecords'>,
): boolean {
  // One list for all apps: its signer may report on each.
  if (secrets.size === 1 && secrets.has('*')) return true;
  const isSigner = (app: string): boolean => apps.includes(secrets.has(app) ? app : '*');
  if (triggerNamed(trigger)?.projectLevel ?? true) return appId === '' || isSigner(appId);
  const scopes = stateRecords.flatMap((memory) => {
    if (memory.kind === 'contact') return memory.addresses.map((address) => address.appId);
    return 'address' in memory && memory.address ? [memory.address.appId] : [];
  });
  return (
    isSigner(appId) &&
    [subject.identityAppId, ...scopes].every((app) => !app || app === appId || isSigner(app))
  );
}

/** The headers that Sinch would send with a body. `timestamp` is seconds since 1970. */
export async function signCallback(
  body: Uint8Array,
  secret: string,
  { nonce, timestamp }: { readonly nonce: string; readonly timestamp: number },
): Promise<Record<string, string>> {
  const key = keys.get(secret) ?? (await importKey(secret));
  const mac = await crypto.subtle.sign(HMAC, key, signedBytes(body, nonce, String(timestamp)));
  return {
    [HEADERS.signature]: btoa(String.fromCharCode(...new Uint8Array(mac))),
    [HEADERS.nonce]: nonce,
    [HEADERS.timestamp]: String(timestamp),
    [HEADERS.algorithm]: ALGORITHM,
  };
}

function readHeaders(headers: Pick<Headers, 'get'>) {
  const needed = (name: string): string => {
    const value = headers.get(name);
    if (!value) throw new AppError('signature_missing', `the header ${name} is missing`);
    return value;
  };
  const [signature, nonce, timestamp] = [
    needed(HEADERS.signature),
    needed(HEADERS.nonce),
    needed(HEADERS.timestamp),
  ];
  const algorithm = headers.get(HEADERS.algorithm);
  if (algorithm !== null && algorithm !== ALGORITHM) {
    throw new AppError(
      'signature_algorithm',
      `the header ${HEADERS.algorithm} must be ${ALGORITHM}`,
    );
  }
  // 32 bytes in standard base64 are 43 characters and one "=".
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature))
    malformed(HEADERS.signature, 'a SHA-256 signature in base64');
  // A "." would let part of a body pass for its nonce.
  if (!/^[^.]{1,128}$/.test(nonce)) malformed(HEADERS.nonce, 'at most 128 characters without "."');
  if (!/^\d{1,12}$/.test(timestamp)) malformed(HEADERS.timestamp, 'seconds since 1970');
  return { signature: bytesOf(atob(signature)), nonce, timestamp };
}

function malformed(header: string, expected: string): never {
  throw new AppError('signature_malformed', `the header ${header} must be ${expected}`);
}

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

const encoder = new TextEncoder();

function signedBytes(body: Uint8Array, nonce: string, timestamp: string): Uint8Array<ArrayBuffer> {
  const tail = encoder.encode(`.${nonce}.${timestamp}`);
  const whole = new Uint8Array(body.length + tail.length);
  whole.set(body);
  whole.set(tail, body.length);
  return whole;
}

/** Imported once per secret. The keys are kept, not the promises: a promise belongs to the request that made it. */
const keys = new Map<string, CryptoKey>();

async function importKey(secret: string): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), HMAC, false, [
    'sign',
    'verify',
  ]);
  keys.set(secret, key);
  return key;
}
