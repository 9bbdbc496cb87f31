import { foldLookAlikes } from '../../callbacks/facts/look-alikes.ts';

/** A text of more letters is not compared with tolerance. */
export const MOST_LETTERS = 40;

const DIGITS: Readonly<Record<string, string>> = { 0: 'O', 1: 'I', 3: 'E', 4: 'A', 5: 'S', 7: 'T' };

/** Rows of keyboards. A key's neighbours stand beside it and above and below. */
const KEYBOARDS = [
  ['QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM'],
  ['AZERTYUIOP', 'QSDFGHJKLM', 'WXCVBN'],
  ['ЙЦУКЕНГШЩЗХЪ', 'ФЫВАПРОЛДЖЭ', 'ЯЧСМИТЬБЮ'],
  ['ςΕΡΤΥΘΙΟΠ', 'ΑΣΔΦΓΗΞΚΛ', 'ΖΧΨΩΒΝΜ'],
  ['קראטוןםפ', 'שדגכעיחלךף', 'זסבהנמצתץ'],
  ['ๆไำพะัีรนยบล', 'ฟหกดเ้่าสวง', 'ผปแอิืทมใฝ'],
  ['ضصثقفغعهخحجد', 'شسيبلاتنمكط', 'ئءؤرلاىةوزظ'],
];

const neighbours: ReadonlySet<string> = new Set(
  KEYBOARDS.map((rows) => rows.map(foldLookAlikes)).flatMap((rows) =>
    rows.flatMap((row, at) =>
      [...row].flatMap((key, column) =>
        [row[column + 1], rows[at + 1]?.[column], rows[at + 1]?.[column - 1]].flatMap((other) =>
          other === undefined ? [] : [key + other, other + key],
        ),
      ),
    ),
  ),
);

/** The readings of a folded text: as typed, without dots or blanks between single letters, and with digits as letters. */
export function typedForms(folded: string): readonly string[] {
  const spaced = /^[\p{L}\p{N}](?:[\s.·•*,/|]+[\p{L}\p{N}])+$/u.test(folded)
    ? folded.replace(/[^\p{L}\p{N}]/gu, '')
    : folded;
  const lettered = /\p{L}/u.test(spaced)
    ? spaced.replace(/[013457]/g, (digit) => DIGITS[digit] ?? digit)
    : spaced;
  return [...new Set([folded, spaced, lettered])];
}

/** Whether a text has no letters and consists of these signs alone, however often. */
export function isSigns(text: string, words: readonly string[]): boolean {
  if (/[\p{L}\p{N}]/u.test(text)) return false;
  const rest = words
    .filter((word) => !/[\p{L}\p{N}]/u.test(word))
    .reduce((left, sign) => left.replaceAll(sign, ''), text);
  return rest !== text && rest.replace(/[\s\p{P}]/gu, '') === '';
}

const withoutBlanks = (text: string): string => text.replace(/[^\p{L}\p{N}\p{M}]/gu, '');

/** Letters in the order of typing: a Korean syllable is two or three. */
const lettersOf = (text: string): string =>
  /[\uac00-\ud7af]/.test(text) ? text.normalize('NFD') : text;

const IDEOGRAPHS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;

/** A word in the forms that are compared. */
export interface Typed {
  readonly text: string;
  readonly letters: string;
  /** Without repeated letters. */
  readonly once: string;
  /** One bit for each letter: words with many different bits are not compared. */
  readonly bits: number;
}

/** Prepares a folded text for `isAlmost`. */
export function typedOf(text: string): Typed {
  const letters = lettersOf(text);
  let bits = 0;
  for (let at = 0; at < letters.length; at += 1) bits |= 1 << (letters.charCodeAt(at) & 31);
  return { text, letters, once: letters.replace(/(.)\1+/gu, '$1'), bits };
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Whether a text is a word with at most one slip (two from nine letters on). */
export function isAlmost(typed: Typed, meant: Typed): boolean {
  if (typed.text === meant.text) return true;
  // An exchanged letter changes two bits at most, a missing or added one a single bit.
  if (countBits(typed.bits ^ meant.bits) > 4) return false;
  // STO P, UN SUBSCRIBE
  if (meant.text.length > 3 && typed.text.includes(' '))
    if (withoutBlanks(typed.text) === withoutBlanks(meant.text)) return true;
  const [a, b] = [typed.letters, meant.letters];
  if (b.length < 3 || !/\p{L}/u.test(b)) return false;
  // Letters are only repeated: STOPPPP, SSTTOOPP.
  if (a.length > b.length && typed.once === meant.once) return true;
  const ideographs = IDEOGRAPHS.test(b);
  if (ideographs && b.length < 4) return false;
  const most = b.length > 8 && !ideographs ? 2 : 1;
  return distance(a, b, most, b.length > 4 || ideographs ? anyLetter : neighbour) <= most;
}

type Exchange = (typed: string, meant: string) => boolean;
const anyLetter: Exchange = () => true;
const neighbour: Exchange = (typed, meant) => neighbours.has(typed + meant);

/**
 * The number of slips between two words: swapped, missing and added letters, and exchanged ones that `may` be exchanged.
 * Optimal string alignment; a short word takes no missing or added letter at its start. Above `most` the result is `most + 1`.
 */
function distance(typed: string, meant: string, most: number, may: Exchange): number {
  if (Math.abs(typed.length - meant.length) > most) return most + 1;
  const short = meant.length < 4;
  let before: number[] = [];
  let last = Array.from({ length: meant.length + 1 }, (_, at) => (short && at > 0 ? 9 : at));
  for (let row = 1; row <= typed.length; row += 1) {
    const now = [short ? 9 : row];
    const a = typed[row - 1] ?? '';
    for (let column = 1; column <= meant.length; column += 1) {
      const b = meant[column - 1] ?? '';
      const same = last[column - 1] ?? 9;
      const exchanged = a === b ? same : !short && may(a, b) ? same + 1 : 9;
      const added = short ? 9 : 1 + Math.min(last[column] ?? 9, now[column - 1] ?? 9);
      const swapped =
        row > 1 && column > 1 && a === meant[column - 2] && typed[row - 2] === b
          ? (before[column - 2] ?? 9) + 1
          : 9;
      now.push(Math.min(exchanged, added, swapped));
    }
    before = last;
    last = now;
  }
  return Math.min(last[meant.length] ?? 9, most + 1);
}
