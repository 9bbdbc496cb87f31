import source from '#rulebook';
import type { RulebookSource } from '../rules/model/rule.ts';
import { canonicalize } from './canonical.ts';

/** The rules that came with the deployment. */
export interface Bundle {
  /** The hash of what they say, as `bundle` wrote it. */
  readonly version: string;
  readonly source: RulebookSource;
  /** The text that is stored under the version. */
  readonly body: () => Promise<string>;
}

/** `rules/` as it came with the deployment. Not compiled: that happens when, and as long as, it is in force. */
export const bundle: Bundle = {
  version: source.version,
  source,
  body: async () => (await canonicalize(source)).body,
};
