import { idOf, stableId } from '../crypto/stable-id.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { commonFacts } from './facts/common-facts.ts';
import { coerceFact, type FactValue, type Lists } from './facts/fact.ts';
import type { CallbackContent, Envelope } from './model.ts';
import { relatedApis } from './related/index.ts';
import { withoutSecrets } from './related/secrets.ts';
import { depthOf, isRecord, MAX_DEPTH } from './shapes/parts.ts';
import { whatsappLinks } from './shapes/whatsapp-links.ts';
import { triggerNamed, triggers } from './triggers/index.ts';
import type { Reading, Trigger } from './triggers/trigger.ts';

/** The trigger of a callback whose payload key is not known. It is stored and counted, never lost. */
export const UNKNOWN = 'UNKNOWN';

/** Largest body that is read: 1 MiB. */
export const MAX_BYTES = 1_048_576;

/** Reads a request body of at most `most` bytes. @throws AppError `code` (default `too_large`) for a larger body */
export async function readBody(
  request: Request,
  most = MAX_BYTES,
  code: ErrorCode = 'too_large',
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError(code, `the body is larger than ${most} bytes`);
  const said = Number(request.headers.get('content-length') ?? Number.NaN);
  if (said > most) throw tooLarge();
  // The runtime enforces a declared length; only a chunked body has to be counted.
  if (!Number.isNaN(said) || !request.body) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** A callback in normal form, with a reader for its facts. */
export interface Callback extends CallbackContent {
  /** Returns a fact's value; `undefined` is missing. A fact that our own state supplies is not here: see `objects/record-state.ts`. */
  readonly fact: (name: string, lists: Lists) => FactValue;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Sinch writes 1970 for "no time". Read as a time, it would make a STOP older than any START. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > 0 ? time : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const byKey = new Map<string, Trigger[]>();
for (const trigger of triggers) {
  for (const key of trigger.keys) byKey.set(key, [...(byKey.get(key) ?? []), trigger]);
}

/**
 * Reads a body into its callbacks: one, or one for each event of a notification that holds several. Each has a body (`raw`) and an id of
 * its own, so that every one is decided, stored and repeated by itself.
 * @throws like `readCallback`
 */
export async function readCallbacks(
  body: Uint8Array,
  receivedAt: number,
): Promise<readonly [Callback, ...Callback[]]> {
  const whole = await readCallback(body, receivedAt);
  const { body: fields } = whole.envelope;
  const key = triggerNamed(whole.trigger)?.keys.find((name) => isRecord(fields[name]));
  const parts = key === undefined ? [] : (triggerNamed(whole.trigger)?.split(fields[key]) ?? []);
  if (key === undefined || parts.length < 2) return [whole];
  const [first = whole, ...rest] = await Promise.all(
    parts.map((part) => readCallbackText(JSON.stringify({ ...fields, [key]: part }), receivedAt)),
  );
  return [first, ...rest];
}

/**
 * Reads a callback's body into its normal form. Of a notification with several events it reads the first.
 * @throws AppError `callback_too_large`, `callback_not_json`, `callback_not_object`, `callback_too_deep`, `callback_ambiguous`, `callback_unreadable`
 */
export async function readCallback(body: Uint8Array, receivedAt: number): Promise<Callback> {
  const { text, fields: original } = parseBody(body);
  const { fields, raw } = translate(original, text);
  const envelope = readEnvelope(fields);
  const { trigger, payload } = recognise(fields, envelope);
  const reading = trigger?.read(payload, envelope) ?? unknownReading(fields);
  const name = trigger?.name ?? UNKNOWN;
  const natural = reading.identity[0] ? reading.identity.map((part) => part ?? '') : undefined;
  const content: CallbackContent = {
    id: natural
      ? idOf([name, ...natural])
      : await stableId([name], raw === text ? body : utf8Bytes.encode(raw)),
    trigger: name,
    envelope,
    subject: reading.subject,
    payload: reading.payload,
    stateRecords: [...reading.stateRecords, ...whatsappLinks(reading.payload)],
    eventTime: Math.min(envelope.eventTime ?? envelope.acceptedTime ?? receivedAt, receivedAt),
    receivedAt,
    raw,
  };
  return { ...content, fact: (key, lists) => readFact(content, reading, key, lists) };
}

const utf8Bytes = new TextEncoder();

/** Reads a body that was stored as text. @throws like `readCallback` */
export const readCallbackText = (text: string, receivedAt: number): Promise<Callback> =>
  readCallback(utf8Bytes.encode(text), receivedAt);

function readFact(
  callback: CallbackContent,
  reading: Reading,
  name: string,
  lists: Lists,
): FactValue {
  const own = reading.fact(name, { lists });
  if (own !== undefined) return own;
  const common = Object.hasOwn(commonFacts, name) ? commonFacts[name] : undefined;
  return common && coerceFact(common.type, common.read(callback, { lists }));
}

/**
 * Returns the body in the shape of the Conversation API, and the text to store: as it came, without credentials where it is of the
 * Provisioning API or of no known shape.
 */
function translate(
  body: Record<string, unknown>,
  text: string,
): { readonly fields: Readonly<Record<string, unknown>>; readonly raw: string } {
  const keys = Object.keys(body).filter((name) => byKey.has(name));
  // The Provisioning API may name its trigger in a text called "event"; a payload is an object.
  if (keys.some((name) => isRecord(body[name]))) return { fields: body, raw: text };
  for (const api of relatedApis) {
    const translated = api.translate(body);
    if (!translated) continue;
    const { fields, stored } = translated;
    return { fields, raw: stored && stored !== body ? JSON.stringify(stored) : text };
  }
  if (keys.length > 0) return { fields: body, raw: text };
  const clean = withoutSecrets(body);
  return { fields: clean, raw: clean === body ? text : JSON.stringify(clean) };
}

/** Decodes the body once: the text is stored as it came, and parsed. */
function parseBody(body: Uint8Array): {
  readonly text: string;
  readonly fields: Record<string, unknown>;
} {
  if (body.byteLength > MAX_BYTES) {
    throw new AppError(
      'callback_too_large',
      `callback: ${body.byteLength} bytes, at most ${MAX_BYTES} are read`,
    );
  }
  if (depthOf(body) > MAX_DEPTH)
    throw new AppError('callback_too_deep', `callback: nested deeper than ${MAX_DEPTH} levels`);
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(body);
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('callback_not_json', 'callback: not valid JSON', { cause });
  }
  if (!isRecord(value)) {
    const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
    throw new AppError('callback_not_object', `callback: expected an object, found ${what}`);
  }
  return { text, fields: value };
}

/** Reads the envelope. A field of another type counts as missing, so the envelope never makes a callback unreadable. */
const readEnvelope = (body: Readonly<Record<string, unknown>>): Envelope => ({
  appId: textOf(body.app_id),
  projectId: textOf(body.project_id),
  acceptedTime: timeOf(body.accepted_time),
  eventTime: timeOf(body.event_time),
  messageMetadata: textOf(body.message_metadata),
  correlationId: textOf(body.correlation_id),
  body,
});

function recognise(
  body: Readonly<Record<string, unknown>>,
  envelope: Envelope,
): { trigger?: Trigger; payload: unknown } {
  let key: string | undefined;
  for (const name of Object.keys(body)) {
    if (!byKey.has(name) || body[name] === null) continue;
    if (key !== undefined) throw ambiguous(body);
    key = name;
  }
  if (key === undefined) return { payload: body };
  const payload = body[key];
  const trigger = byKey.get(key)?.find((candidate) => candidate.claims(payload, envelope));
  return trigger ? { trigger, payload } : { payload: body };
}

function ambiguous(body: Readonly<Record<string, unknown>>): AppError {
  const found = Object.keys(body).filter((name) => byKey.has(name) && body[name] !== null);
  return new AppError(
    'callback_ambiguous',
    `callback: several payloads at once: ${found.map((name) => `"${name}"`).join(' and ')}`,
  );
}

const unknownReading = (body: object): Reading => ({
  payload: body,
  subject: {},
  identity: [],
  stateRecords: [],
  fact: () => undefined,
});
