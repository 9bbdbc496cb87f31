import { fold } from './fold.ts';

/** The list of words with which people end a message. Rule authors may change it: rules/lists/closing-words.json. */
export const CLOSING_WORDS = 'closing-words';

/** A longer text is no keyword, whatever closes it. */
const LONGEST = 500;
/** A line of more words says something. */
const MOST_WORDS = 6;
/** A name after a dash, or of two or three capitalised words: "- Jo", "Priya Nair". */
const NAME = /^(?:[-–—~]\s*\p{L}[\p{L}.' ]{0,30}|\p{Lu}\p{Ll}+(?:[ -]\p{Lu}[\p{Ll}.]*){1,2})$/u;

type Words = readonly (string | number)[];
const folded = new WeakMap<Words, readonly string[]>();

/** The folded words of a list, which is one array for all callbacks. */
function foldedOnce(words: Words): readonly string[] {
  const known = folded.get(words) ?? words.map((word) => fold(String(word)));
  folded.set(words, known);
  return known;
}

/** Returns a text without thanks, greetings and names after its first line or sentence: "Stop. Thank you!" is "Stop". */
export function withoutClosing(text: string, words: Words): string {
  if (text.length > LONGEST) return text;
  const parts = text.split(
    /(?<=[^\s,.!?。！？])[\s]*[\n\r,.!?。！？、]+\s*|\s+(?=[-–—~]\s?\p{L})/u,
  );
  const [first, ...rest] = parts.filter((part) => part.trim() !== '');
  if (first === undefined || rest.length === 0) return text;
  const closings = foldedOnce(words);
  let closed = false;
  for (const part of rest) {
    const line = fold(part);
    const isClosing =
      line.split(' ').length <= MOST_WORDS &&
      closings.some((word) => line === word || startsWithWord(line, word));
    // What follows a greeting is the name, over at most two lines.
    if (!isClosing && !(closed && line.split(' ').length <= 3) && !NAME.test(part.trim()))
      return text;
    closed ||= isClosing;
  }
  return first;
}

/** Scripts without blanks need no blank after the word. */
const startsWithWord = (text: string, word: string): boolean =>
  text.startsWith(word) && (!/[\p{L}\p{N}]/u.test(text[word.length] ?? '') || !SPACED.test(word));
const SPACED =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/u;
