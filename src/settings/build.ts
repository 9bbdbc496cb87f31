import written from '#build';

/** The build that runs. `signalbox bundle` writes it before wrangler builds the Worker. */
export interface Build {
  /** The version in package.json. */
  readonly version: string;
  /**
   * The git commit, 12 characters; `-modified` follows where the code differs from it. `unknown` outside a git
   * checkout.
   */
  readonly commit: string;
  /** Errors of `rules/` that kept `wrangler dev` on the last good rules. Empty in a deployment, which is not built then. */
  readonly errors: readonly string[];
}

export const build: Build = written;

/** The build in one word, like `0.1.0+3f9c2a10b7de`: a version with build metadata, as Semantic Versioning writes it. */
export const buildName = ({ version, commit }: Pick<Build, 'version' | 'commit'> = build): string =>
  `${version}+${commit}`;
