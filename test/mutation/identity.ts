import type { Outcome } from '../../bench/mutation/measured.ts';
import type { Mutant } from './mutants.ts';

/** What a mutant is found by in another run: line numbers move, texts stay. */
export type Identity = Pick<Outcome, 'file' | 'text' | 'column' | 'change'>;

const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 60);

/** Returns the identity of a mutant of a file with this source. */
export function identityOf(file: string, source: string, mutant: Mutant): Identity {
  const { line, start, kind, before, text } = mutant;
  const whole = source.split('\n')[line - 1] ?? '';
  const indent = whole.length - whole.trimStart().length;
  return {
    file,
    text: whole.trim(),
    column: start - (source.lastIndexOf('\n', start - 1) + 1) - indent,
    change: `${kind}: ${short(before)} → ${short(text)}`,
  };
}

export const keyOf = ({ file, text, column, change }: Identity): string =>
  JSON.stringify([file, text, column, change]);
