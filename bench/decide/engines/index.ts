import type { Engine } from '../engine.ts';
import { celJs } from './cel-js.ts';
import { closures } from './closures.ts';
import { compiled, interpreted } from './json-logic-engine.ts';
import { perTrigger, plain, resolved } from './json-rules-engine.ts';
import { signalbox } from './signalbox.ts';
import { zenEngine } from './zen-engine.ts';

/** What every ratio is to. */
export const baseline: Engine = resolved;

/** Those that our own package.json brings. The first one's answers are what the others must agree with. */
export const engines: readonly Engine[] = [resolved, plain, perTrigger, closures, signalbox];

/** What a ratio of the last column is to. */
export const byHand: Engine = closures;

/** Those that `bench/package.json` brings: `--peers`. */
export const peers: readonly Engine[] = [interpreted, compiled, celJs, zenEngine];
