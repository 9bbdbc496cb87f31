import source from '#rulebook';
import type { RulebookSource } from '../rules/model/rule.ts';
import { canonicalize } from './canonical.ts';

/** The rulebook of the deployment. */
export interface Bundle {
  /** The hash of the canonical form, as `bundle` wrote it. */
  readonly version: string;
  readonly source: RulebookSource;
  /** The text that is stored under the version. */
  readonly body: () => Promise<string>;
}

/** The bundled `rules/`, not compiled. It is compiled only while it is active. */
export const bundle: Bundle = {
  version: source.version,
  source,
  body: async () => (await canonicalize(source)).body,
};
