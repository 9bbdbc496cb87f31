import { AppError } from '../../errors.ts';
import { factEntry } from '../../rules/model/facts.ts';
import { assignment } from './set-path.ts';

/**
 * Parses the values of `--given`: facts that Signalbox stores outside the callback.
 * @throws AppError `bad_request` for another fact, or a value that is neither text, number nor boolean
 */
export const readGivenFacts = (
  given: readonly string[],
): ReadonlyMap<string, string | number | boolean> => new Map(given.map(recalledFact));

function recalledFact(text: string): [string, string | number | boolean] {
  const { path, value } = assignment(text);
  if (!factEntry(path)?.recalled)
    throw new AppError('bad_request', `--given ${path}: Signalbox remembers no fact of this name`);
  if (typeof value === 'object' || value === undefined)
    throw new AppError('bad_request', `--given ${path}: expected a text or a number`);
  return [path, value];
}
