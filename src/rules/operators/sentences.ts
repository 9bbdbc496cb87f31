import { fold } from '../../callbacks/facts/fold.ts';

/** Where a sentence ends: at its sign, at a line and at a comma. */
const ENDS = /[.!?;:,…\n\r。！？；：，、؟،।|]+/u;
/** Scripts without blanks between words. Each sign, with its vowels, counts as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}][\p{M}ー]*/gu;

/** Whether a text holds signs of a script without blanks. */
export const isUnspaced = (text: string): boolean => text.search(UNSPACED) >= 0;

/** How many characters of a text are read as sentences. No channel carries a longer message. */
const LONGEST = 20_000;
const parts = (text: string): readonly string[] => text.slice(0, LONGEST).split(ENDS);

/** The folded sentences, lines and parts between commas of a text. */
export const sentences = (text: string): readonly string[] =>
  parts(text)
    .map(fold)
    .filter((sentence) => sentence !== '');

/** The folded words of a part of a text, without apostrophes: "don't" and "dont" are one word. */
export const sentenceWords = (text: string): readonly string[] =>
  fold(text)
    .replaceAll("'", '')
    .replace(UNSPACED, ' $& ')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');

/** The folded words of each sentence, line and part between commas. */
export const wordsBySentence = (text: string): readonly (readonly string[])[] =>
  parts(text).map(sentenceWords);
