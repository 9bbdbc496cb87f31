declare const __SHARE_OF_RUNS__: number;

/**
 * Returns the number of runs of a property test: a tenth of `all` in `npm test`, `all` in
 * `npm run prove`. For properties that take seconds.
 */
export const runs = (all: number): number => Math.ceil(all * __SHARE_OF_RUNS__);
