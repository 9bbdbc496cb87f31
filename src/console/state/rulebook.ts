import { textsOf } from '../../authoring/rule-files.ts';
import { call } from '../api.ts';
import type { Bodies, Texts } from '../worker/protocol.ts';
import { draft, loadDraft } from './draft.ts';
import { quick, whole } from './evaluator.ts';
import { session } from './session-store.ts';
import { createStore } from './store.ts';

/** A version of the rules as the API answers it. */
export interface Version {
  readonly version: string;
  readonly author: string;
  readonly message: string;
  readonly at: string;
  readonly texts: Texts;
}

/** The version in force, `undefined` until it is loaded. */
export const inForce = createStore<Version | undefined>(undefined);

/** The callbacks that come with Signalbox, by name. */
export const samples = createStore<Bodies>({});

interface RulebookAnswer {
  readonly version: string;
  readonly author: string;
  readonly message: string;
  readonly at: string;
  readonly files?: Texts;
  readonly rulebook: Parameters<typeof textsOf>[0];
}

/** Loads a version with the texts of its files: as they were written, where that is kept. */
export async function loadVersion(version: string, signal?: AbortSignal): Promise<Version> {
  const answer = await call<RulebookAnswer>('GET', `/v1/rulebooks/${version}`, {
    ...(signal && { signal }),
  });
  return {
    version: answer.version,
    author: answer.author,
    message: answer.message,
    at: answer.at,
    texts: textsOf(answer.rulebook, answer.files),
  };
}

let opening: Promise<Version> | undefined;

/** Loads the rulebook in force once and opens it, with the draft, in both evaluators. @throws ApiError */
export function openRulebook(): Promise<Version> {
  opening ??= load().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** Loads the rulebook in force anew: it was changed here, or may have been elsewhere. */
export function reopenRulebook(): Promise<Version> {
  opening = undefined;
  return openRulebook();
}

// Another token may have other rights: what was loaded ends with the session.
session.follow((signedIn) => {
  if (signedIn) return;
  opening = undefined;
  inForce.set(undefined);
});

async function load(): Promise<Version> {
  const [version, known] = await Promise.all([
    loadVersion('in-force'),
    call<{ samples: Bodies }>('GET', '/v1/samples'),
    loadDraft(),
  ]);
  const input = {
    base: version.texts,
    changes: draft.get()?.changes ?? {},
    samples: known.samples,
    now: Date.now(),
  };
  await Promise.all([quick.ask('open', input), whole.ask('open', input)]);
  samples.set(known.samples);
  inForce.set(version);
  return version;
}

// Evaluators hear of a change of the draft before any component asks them about it.
draft.follow((next) => {
  if (inForce.get() === undefined) return;
  void quick.ask('change', next?.changes ?? {});
  void whole.ask('change', next?.changes ?? {});
});

/** The texts of the draft: the version in force with its changes. */
export function draftTexts(): Texts {
  const texts: Record<string, string> = { ...inForce.get()?.texts };
  for (const [file, text] of Object.entries(draft.get()?.changes ?? {})) {
    if (text === null) delete texts[file];
    else texts[file] = text;
  }
  return texts;
}
