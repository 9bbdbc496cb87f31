import { decide } from '../../../src/rules/decide/decide.ts';
import type { Engine } from '../engine.ts';
import { compiled, sourceOf } from '../regimes.ts';

const forgetful = async (): Promise<undefined> => undefined;

/** Signalbox as the Worker runs it, reading the facts included. */
export const signalbox: Engine = {
  name: 'signalbox',
  inWorkers: true,
  load(rules) {
    const rulebook = compiled(sourceOf(rules));
    return async ({ callback }) => {
      const { fired, erred } = await decide(rulebook, callback, forgetful);
      if (erred[0]) throw new Error(`${erred[0].rule}: ${erred[0].message}`);
      return fired.map(({ rule }) => rule.name);
    };
  },
};
