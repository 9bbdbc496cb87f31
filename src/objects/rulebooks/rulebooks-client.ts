import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { Texts, type WrittenBundle } from '../../rulebooks/canonical.ts';
import type { Change, ChangeAnswer, ChangeRequest, RulebookState, Version } from './rulebooks.ts';

/**
 * Stored rulebooks, and which of them is active. State: the one `Rulebooks` object; the bodies, by
 * their hash, in KV. Copy: the active rulebook, in the memory of each isolate.
 */
export interface RulebooksClient {
  /** Returns which rulebook is active, and whether this version is stored. */
  readState(version: string): Promise<RulebookState & { readonly kept: boolean }>;
  /** Stores a rulebook without an expiry. @throws AppError `unavailable` when it cannot be stored */
  keep(
    sealed: Pick<WrittenBundle, 'version' | 'body'> & Partial<WrittenBundle>,
    words: Omit<Version, 'version' | 'examples'>,
  ): Promise<void>;
  change(request: ChangeRequest): Promise<ChangeAnswer>;
  list(prefix?: string): Promise<readonly Version[]>;
  history(): Promise<readonly Change[]>;
  /** Returns the stored text of a version, which the caller has yet to verify. */
  body(version: string): Promise<string | null>;
  examples(hash: string): Promise<string | null>;
  /** The files of a version as they were written; none if they were not supplied. */
  files(version: string): Promise<Texts>;
}

/** Opens the one `Rulebooks` object and the KV that holds the bodies. */
export function openRulebooks(
  { RULEBOOKS, KV: kv }: Pick<Env, 'RULEBOOKS' | 'KV'>,
  jurisdiction?: 'eu',
): RulebooksClient {
  // Most requests need no stub, so it is created on use.
  const object = () =>
    (jurisdiction ? RULEBOOKS.jurisdiction(jurisdiction) : RULEBOOKS).getByName('rulebooks');
  return {
    readState: (version) => object().readState(version),
    change: (request) => object().change(request),
    list: (prefix) => object().list(prefix),
    history: () => object().history(),
    body: (version) => kv.get(`rulebook:${version}`),
    examples: (hash) => kv.get(`rulebook-examples:${hash}`),
    async files(version) {
      const text = await kv.get(`rulebook-files:${version}`);
      return text === null ? {} : v.parse(Texts, JSON.parse(text));
    },
    async keep({ version, body, examples, examplesHash, files }, words) {
      try {
        if (examples !== undefined && examplesHash !== undefined)
          await kv.put(`rulebook-examples:${examplesHash}`, examples);
        if (files !== undefined) await kv.put(`rulebook-files:${version}`, files);
        // Never read a key before it is written: KV caches for a minute that it does not exist.
        await kv.put(`rulebook:${version}`, body);
      } catch (cause) {
        throw new AppError('unavailable', 'the rulebook could not be stored; try again', { cause });
      }
      await object().note({ ...words, version, examples: examplesHash ?? null });
    },
  };
}
