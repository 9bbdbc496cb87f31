import * as v from 'valibot';
import written from '#rulebook';
import type { RulebookSource } from '../rules/model/rule.ts';
import { parseCanonical, Texts, type WrittenBundle, withExamples } from './canonical.ts';

/** The rulebook of the deployment. */
export interface Bundle extends WrittenBundle {
  /** What decides: rules without their examples. Parsed when it is first read. */
  readonly source: RulebookSource;
  /** The same with examples and stories. */
  readonly whole: () => RulebookSource;
  /** The files as they were written. */
  readonly texts: () => Texts;
}

let source: RulebookSource | undefined;

/** `rules/` as it came with the deployment. Not compiled: that happens when, and as long as, it is in force. */
export const bundle: Bundle = {
  ...written,
  get source() {
    source ??= parseCanonical(written.body);
    return source;
  },
  whole: () => withExamples(bundle.source, written.examples),
  texts: () => v.parse(Texts, JSON.parse(written.files)),
};
