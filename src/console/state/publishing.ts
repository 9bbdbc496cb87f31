import { sortValues } from '../../authoring/rule-files.ts';
import { ApiError, call } from '../api.ts';
import type { Change, Texts } from '../worker/protocol.ts';
import { type Draft, draft, keepDraft } from './draft.ts';
import { quick } from './evaluator.ts';
import { inForce, loadVersion, reopenRulebook, type Version } from './rulebook.ts';

/** What publishing can do with a draft. */
export type Way = 'Publish' | 'Publish in shadow' | 'Store';

const QUERIES: Readonly<Record<Way, Readonly<Record<string, string>>>> = {
  Publish: {},
  'Publish in shadow': { shadow: 'true' },
  Store: { activate: 'false' },
};

/** A rulebook as the API takes it: the values of all files, and their texts as they are written. @throws SyntaxError */
export function rulebookOf(texts: Texts): object {
  const values = new Map(Object.entries(texts).map(([file, text]) => [file, parse(file, text)]));
  return { ...sortValues(values).source, files: texts };
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON: its findings say where.`);
  }
}

/**
 * Publishes the draft and takes up what is in force then. The draft is kept unless it is in force now.
 * @throws ApiError `changed_meanwhile` when something else was put in force since the draft was begun
 */
export async function publishDraft(
  way: Way,
  message: string,
  { base, texts }: { readonly base: string; readonly texts: Texts },
  replaceGuardrails: boolean,
): Promise<{ readonly version: string }> {
  // Looked at first, so that a conflict is seen before anything is sent; the API refuses what slips between.
  if (way === 'Publish' && (await reopenRulebook()).version !== base) throw changedMeanwhileError();
  const answer = await call<{ version: string }>('PUT', '/v1/rulebooks', {
    query: { ...QUERIES[way], ...(replaceGuardrails ? { guardrails: 'replace' } : {}) },
    body: { ...rulebookOf(texts), message, builds_on: base },
  });
  if (way === 'Publish') {
    keepDraft(null);
    await reopenRulebook();
  }
  return answer;
}

const changedMeanwhileError = (): ApiError =>
  new ApiError(412, {
    code: 'changed_meanwhile',
    detail: 'Another user published meanwhile. Close this dialog: their changes are shown.',
  });

/** What another user put in force since a draft was begun. */
export interface Meanwhile {
  readonly changes: readonly Change[];
  /** Files that both changed. */
  readonly conflicts: readonly string[];
  readonly by: Pick<Version, 'author' | 'message' | 'at' | 'version'>;
}

/** Compares the version that the draft was begun on with the one in force. */
export async function changedMeanwhile(kept: Draft, now: Version): Promise<Meanwhile> {
  const base = await loadVersion(kept.base);
  const changes = await quick.ask('between', { old: base.texts, new: now.texts });
  const conflicts = Object.keys(kept.changes).filter(
    (file) => base.texts[file] !== now.texts[file] && kept.changes[file] !== now.texts[file],
  );
  return { changes, conflicts, by: now };
}

/** Brings the draft up to date with the version in force; of each conflict the named files are left to the other person. */
export function takeOver(theirs: ReadonlySet<string>): void {
  const [kept, now] = [draft.get(), inForce.get()];
  if (!kept || !now) return;
  const changes = Object.fromEntries(
    Object.entries(kept.changes).filter(
      ([file, text]) => !theirs.has(file) && text !== (now.texts[file] ?? null),
    ),
  );
  keepDraft({ base: now.version, changes });
}
