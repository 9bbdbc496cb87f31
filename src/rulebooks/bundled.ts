import * as v from 'valibot';
import source from '#rulebook';
import type { RulebookSource } from '../rules/model/rule.ts';
import { Texts, withExamples } from './canonical.ts';

/** The rulebook of the deployment. */
export interface Bundle {
  /** The hash of the canonical form, as `bundle` wrote it. */
  readonly version: string;
  /** What decides: rules without their examples. */
  readonly source: RulebookSource;
  /** The same with examples and stories. */
  readonly whole: () => RulebookSource;
  /** The text that is stored under the version. */
  readonly body: () => Promise<string>;
  /** What proves the rules, as it is stored, and its hash. */
  readonly examples: string;
  readonly examplesHash: string;
  /** The files as they were written. */
  readonly texts: () => Texts;
}

const { version, examples, files, ...body } = source;

/** `rules/` as it came with the deployment. Not compiled: that happens when, and as long as, it is in force. */
export const bundle: Bundle = {
  version,
  source: body,
  whole: () => withExamples(body, examples),
  // As `canonicalize` wrote it: the order of the keys is the bundle's own.
  body: async () => JSON.stringify(body),
  examples,
  examplesHash: body.proof,
  // Texts, because what only proves must not be read with every start of an isolate.
  texts: () => v.parse(Texts, JSON.parse(files)),
};
