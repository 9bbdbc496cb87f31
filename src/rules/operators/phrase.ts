/** One word of a phrase, and how a word of the text is compared with it. */
export type Word = {
  readonly kind: 'word' | 'start' | 'end' | 'part' | 'about';
  readonly text: string;
};

/** A part of a phrase. `choice` holds alternatives, `optional`: none of them has to stand there. */
type Part =
  | Word
  | { readonly kind: 'gap' }
  | { readonly kind: 'first' | 'last' }
  | {
      readonly kind: 'choice';
      readonly of: readonly (readonly Part[])[];
      readonly optional: boolean;
    };

/** A phrase: words that stand next to each other in one sentence. */
export type Phrase = readonly Part[];

/** How many words a gap stands for, at most; in scripts without blanks, signs. */
const GAP = 3;

/** A sign that ends a sentence or a part of one (`sentences.ts`): before more letters, and at the end of a word. */
const WITHIN = /[.!?;:,。！？；：，、؟،।].*[\p{L}\p{N}]/u;
const AT_END = /[.!?;:,。！？；：，、؟،।]$/u;

const isGap = (token: string): boolean => token === '…' || token === '...';

const across = (token: string): string =>
  `no phrase goes across the sign of "${token}": write one for each part of the sentence`;

/**
 * Reads a phrase: `(stop|quit) (texting|messaging) [me]`. `(a|b)` is one of several, `[a]` may stand there, `…` is up to three
 * words, `word*` and `*word` are the start and the end of a word, `~word` bears a slip in typing, `^` and `$` are the start and
 * the end of a sentence. `split` divides a text into folded words.
 * @returns the phrase, or what is wrong with it
 */
export function parsePhrase(
  written: string,
  split: (text: string) => readonly string[],
): Phrase | string {
  const tokens = written.match(/\(|\)|\[|\]|\||…|\.\.\.|\^|\$|[^\s()[\]|…^$]+/gu) ?? [];
  let at = 0;
  let fault: string | undefined;

  const sequence = (): Part[] => {
    const parts: Part[] = [];
    let ended: string | undefined;
    for (; at < tokens.length; at += 1) {
      const token = tokens[at] ?? '';
      if (token === ')' || token === ']' || token === '|') break;
      if (ended !== undefined && token !== '$') fault ??= across(ended);
      if (token === '(' || token === '[') parts.push(choice(token === '['));
      else parts.push(...partsOf(token));
      if (WITHIN.test(token)) fault ??= across(token);
      ended = AT_END.test(token) && !isGap(token) ? token : undefined;
    }
    return parts;
  };
  const choice = (optional: boolean): Part => {
    const of: Part[][] = [];
    do {
      at += 1;
      of.push(sequence());
    } while (tokens[at] === '|');
    if (tokens[at] !== (optional ? ']' : ')'))
      fault ??= `"${optional ? '[' : '('}" is not closed by "${optional ? ']' : ')'}"`;
    if (of.some((parts) => parts.length === 0)) fault ??= 'an alternative is empty';
    return { kind: 'choice', of, optional };
  };
  const partsOf = (token: string): readonly Part[] => {
    if (isGap(token)) return [{ kind: 'gap' }];
    if (token === '^') return [{ kind: 'first' }];
    if (token === '$') return [{ kind: 'last' }];
    const words = split(token);
    if (words.length === 0) fault ??= `"${token}" has no letters`;
    const [from, to, about] = [token.endsWith('*'), token.startsWith('*'), token.startsWith('~')];
    const kind = from && to ? 'part' : from ? 'start' : to ? 'end' : about ? 'about' : 'word';
    // Scripts without blanks have a word for each sign, which needs no start.
    return words.map((text) => ({ kind: words.length > 1 ? 'word' : kind, text }));
  };

  const parts = sequence();
  if (at < tokens.length) fault ??= `"${tokens[at]}" has no opening bracket`;
  if (parts.length === 0) fault ??= 'expected words';
  return fault ?? parts;
}

/** The words with which a phrase can begin; `undefined` where it can begin with anything. */
export function firstWords([part, ...rest]: Phrase): readonly Word[] | undefined {
  if (part === undefined || part.kind === 'gap') return undefined;
  if (part.kind === 'part' || part.kind === 'about') return undefined;
  if (part.kind === 'first') return firstWords(rest);
  if (part.kind !== 'choice') return 'text' in part ? [part] : undefined;
  const ways = part.of.map((way) => firstWords(way));
  if (part.optional) ways.push(firstWords(rest));
  return ways.includes(undefined) ? undefined : ways.flatMap((way) => way ?? []);
}

/** Whether a phrase stands in a sentence from this word on. `isAbout` compares with tolerance. */
export function standsAt(
  phrase: Phrase,
  words: readonly string[],
  start: number,
  isAbout: (typed: string, meant: string) => boolean,
): boolean {
  const isWord = ({ kind, text }: Word, word: string): boolean => {
    if (kind === 'word') return word === text;
    if (kind === 'start') return word.startsWith(text);
    if (kind === 'end') return word.endsWith(text);
    return kind === 'part' ? word.includes(text) : isAbout(word, text);
  };
  /** Whether the parts from `from` on stand at this word, and `then` holds behind them. */
  const match = (
    parts: Phrase,
    from: number,
    at: number,
    then: (at: number) => boolean,
  ): boolean => {
    const part = parts[from];
    if (part === undefined) return then(at);
    switch (part.kind) {
      case 'first':
        return at === 0 && match(parts, from + 1, at, then);
      case 'last':
        return at === words.length && match(parts, from + 1, at, then);
      case 'gap':
        for (let skipped = 0; skipped <= GAP && at + skipped <= words.length; skipped += 1)
          if (match(parts, from + 1, at + skipped, then)) return true;
        return false;
      case 'choice': {
        const next = (place: number): boolean => match(parts, from + 1, place, then);
        return part.of.some((way) => match(way, 0, at, next)) || (part.optional && next(at));
      }
      default: {
        const word = words[at];
        return word !== undefined && isWord(part, word) && match(parts, from + 1, at + 1, then);
      }
    }
  };
  return match(phrase, 0, start, () => true);
}
