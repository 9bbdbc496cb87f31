import { foldLookAlikes, openEnclosed } from './look-alikes.ts';

/** What phones and keyboards write for `'`. The acute accents must go before NFKD, which makes spaces of them. */
const ACUTES = /[\u00b4\u1ffd]/g;
const APOSTROPHES = /[`‘’‛ʼʹ′]/g;
/**
 * Accents, invisible characters (zero-width, variation selectors, soft hyphens), keycaps, the vowel points of Hebrew and Arabic
 * and the Arabic stretch. Vowel signs of Indic scripts stay.
 */
const UNSEEN =
  /[\u0300-\u036f\ufe00-\ufe0f]|[\u0591-\u05bd]|[\u05bf-\u05c7]|[\u064b-\u065f]|\u0640|\u0670|\p{Cf}|\p{Me}/gu;
const GAPS = /[\s\p{Cc}\p{Pd}_\u2212]+/gu;
/**
 * From the first letter, digit or sign to the last; a dollar sign before letters is one of them: $TOP. Greedy and anchored by its
 * first match, so linear in the text.
 */
const CORE = /(?:\$(?=\p{L}))?[\p{L}\p{N}\p{M}](?:.*[\p{L}\p{N}\p{M}])?/su;
/** Letters whose stroke Unicode does not take apart. */
const STROKES: Readonly<Record<string, string>> = {
  Ø: 'O',
  Ł: 'L',
  Đ: 'D',
  Ħ: 'H',
  Ŧ: 'T',
  // Arabic letters that people write one for the other at the end of a word.
  ى: 'ي',
  ة: 'ه',
};

/**
 * Returns a text for comparing: without width, case, accents, look-alike letters, surrounding quotes, punctuation and emoji;
 * dashes and underscores are spaces. `«arrêt».` → `ARRET`, `opt-out` → `OPT OUT`. Folding twice changes nothing.
 * A text without any letter or digit keeps its signs, so that `👍` and `?` stay apart.
 */
export function fold(text: string): string {
  const plain = foldWhole(text);
  return (ASCII.test(plain) ? ASCII_CORE : CORE).exec(plain)?.[0] ?? plain;
}

/** A text folded, with the signs around it: `Yes! 👍` → `YES! 👍`. */
export function foldWhole(text: string): string {
  if (ASCII.test(text)) return foldAscii(text);
  const capitals = openEnclosed(text)
    .replace(ACUTES, "'")
    .normalize('NFKD')
    .toUpperCase()
    .normalize('NFKD')
    .replace(APOSTROPHES, "'")
    .replace(UNSEEN, '')
    .replace(/[ØŁĐĦŦىة]/g, (letter) => STROKES[letter] ?? letter);
  return foldLookAlikes(capitals).replace(GAPS, ' ').trim().normalize('NFC');
}

const ASCII = /^[\x20-\x7e\t\n\r]*$/;
/** `CORE` of ASCII text that is folded. */
const ASCII_CORE = /(?:\$(?=[A-Z]))?[A-Z0-9](?:.*[A-Z0-9])?/s;
/** What folding changes in ASCII text besides case and both ends. */
const ROUGH = /[`_\t\n\r-]| {2}/;

/** The result of the steps above for ASCII text, which most messages are. */
function foldAscii(text: string): string {
  const upper = text.toUpperCase();
  return (ROUGH.test(upper) ? upper.replaceAll('`', "'").replace(/[\s_-]+/g, ' ') : upper).trim();
}
