import { decide } from '../../../src/rules/decide/decide.ts';
import type { Engine } from '../engine.ts';

const forgetful = async (): Promise<undefined> => undefined;

/** Signalbox as the Worker runs it, reading the facts included. */
export const signalbox: Engine = {
  name: 'signalbox',
  inWorkers: true,
  expresses: () => true,
  load(_, rulebook) {
    return async ({ callback }) => {
      const { fired, shadowed, counted, erred } = await decide(rulebook, callback, forgetful);
      if (erred[0]) throw new Error(`${erred[0].rule}: ${erred[0].message}`);
      return [...fired, ...shadowed, ...counted.filter(({ hit }) => hit)].map(
        ({ rule }) => rule.name,
      );
    };
  },
};
