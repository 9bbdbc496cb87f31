import { isRecord } from '../../callbacks/shapes/parts.ts';
import { triggers } from '../../callbacks/triggers/index.ts';
import { AppError } from '../../errors.ts';
import { assignment, setPath } from './set-path.ts';

/** The changes that `send` makes to a callback before it is signed. */
export interface Changes {
  /** `path=value`. */
  readonly set: readonly string[];
  readonly fresh: boolean;
  /** Base address of recordings at the local Sinch, in place of Sinch's. */
  readonly files?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
}

/** Fields whose time is set to now. */
const TIMES = ['accepted_time', 'event_time'];

/**
 * Ids of events. Ids of contacts, conversations and apps stay, because they outlive one callback.
 */
const EVENT_IDS = [
  'message_id',
  'event_id',
  'request_id',
  'batch_id',
  'recording_id',
  'call_id',
  'entity_id',
  'entityId',
  'id',
];

/**
 * Returns the bytes to send. Times are set to now. Ids stay, so that a second send is a redelivery,
 * unless `fresh`.
 * A body that is not a JSON object is sent unchanged, to test broken callbacks.
 * @throws AppError `bad_request` if a body that is not a JSON object is to be changed
 */
export function editCallback(
  bytes: Uint8Array,
  { set, fresh, files, now, newId }: Changes,
): { readonly body: Uint8Array<ArrayBuffer>; readonly appId: string } {
  const body = parsed(bytes);
  if (!isRecord(body)) {
    if (set.length > 0 || fresh)
      throw new AppError(
        'bad_request',
        'the callback is no JSON object: --set and --fresh have nothing to change',
      );
    return { body: new Uint8Array(bytes), appId: '' };
  }
  for (const time of TIMES) if (Object.hasOwn(body, time)) body[time] = new Date(now).toISOString();
  if (fresh) freshen(body, newId);
  if (files !== undefined) atHome(body, files);
  for (const { path, value, written } of set.map(assignment)) setPath(body, path, value, written);
  return {
    body: new Uint8Array(new TextEncoder().encode(JSON.stringify(body))),
    appId: typeof body.app_id === 'string' ? body.app_id : '',
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Points a recording at the local Sinch: Sinch does not have it. */
function atHome({ record_notification: notice }: Record<string, unknown>, files: string): void {
  if (!isRecord(notice) || typeof notice.recording_url !== 'string') return;
  notice.recording_url = `${files}/${notice.recording_url.split('/').at(-1)}`;
}

/** Sets new ids for the event: at the top of its payload, or one level below. */
function freshen(body: Record<string, unknown>, newId: () => string): void {
  for (const key of triggers.flatMap(({ keys }) => keys)) {
    const payload = body[key];
    if (!isRecord(payload)) continue;
    const own = EVENT_IDS.some((id) => typeof payload[id] === 'string');
    for (const part of own ? [payload] : [payload, ...Object.values(payload).filter(isRecord)]) {
      for (const id of idsOf(part)) part[id] = newId();
    }
  }
}

/**
 * Returns the id fields of an event. A payload with a single id field (`{"contact_id": "…"}`) is
 * identified by it.
 */
function idsOf(part: Record<string, unknown>): readonly string[] {
  const [only, ...others] = Object.keys(part);
  const ids =
    only !== undefined && others.length === 0 && only.endsWith('_id') ? [only] : EVENT_IDS;
  return ids.filter((id) => typeof part[id] === 'string');
}
