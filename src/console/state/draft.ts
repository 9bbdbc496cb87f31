import { get, set } from 'idb-keyval';
import type { Changes } from '../worker/protocol.ts';
import { createStore } from './store.ts';

/** The draft of this browser: what it changes in the version it was begun on. */
export interface Draft {
  /** The version in force when the draft was begun, or last brought up to date. */
  readonly base: string;
  readonly changes: Changes;
}

const KEY = 'draft';
const channel = new BroadcastChannel('signalbox-draft');

/** The draft, `null` without one, `undefined` until it is read. All tabs of this browser share it. */
export const draft = createStore<Draft | null | undefined>(undefined);

/** Whether the last change was stored: a browser may refuse storage or be full. */
export const draftStored = createStore(true);

channel.onmessage = ({ data }: MessageEvent<Draft | null>) => draft.set(data);

/** Reads the draft that an earlier visit or another tab left. */
export async function loadDraft(): Promise<void> {
  if (draft.get() !== undefined) return;
  const kept = await get<Draft>(KEY).catch(() => undefined);
  // Another tab may have sent a newer one meanwhile.
  if (draft.get() === undefined) draft.set(kept ?? null);
}

/** Replaces the draft here, in the store and in every other tab. */
export function keepDraft(next: Draft | null): void {
  const kept = next === null || Object.keys(next.changes).length === 0 ? null : next;
  draft.set(kept);
  channel.postMessage(kept);
  set(KEY, kept).then(
    () => draftStored.set(true),
    () => draftStored.set(false),
  );
}

/** Changes one file of the draft: a new text, `null` to delete it, `undefined` to leave it as it is in force. */
export function changeFile(
  file: string,
  text: string | null | undefined,
  inForce: { readonly version: string; readonly texts: Readonly<Record<string, string>> },
): void {
  const { base, changes } = draft.get() ?? { base: inForce.version, changes: {} };
  const same = text === null ? inForce.texts[file] === undefined : inForce.texts[file] === text;
  const { [file]: _, ...others } = changes;
  keepDraft({ base, changes: text === undefined || same ? others : { ...others, [file]: text } });
}
