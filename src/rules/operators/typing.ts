import { foldLookAlikes } from '../../callbacks/facts/look-alikes.ts';

/** A text of more letters is not compared with tolerance. */
export const MOST_LETTERS = 40;

/** Digits and signs that stand for letters. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ 0: 'O', 1: 'I', 3: 'E', 4: 'A', 5: 'S', 7: 'T' },
  ...{ $: 'S', '@': 'A', '€': 'E', '!': 'I', '|': 'I' },
};

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

/** The readings of a folded text: as typed, without dots or blanks between single letters, and with digits and signs as letters. */
export function typedForms(folded: string): readonly string[] {
  const spaced = /^[\p{L}\p{N}](?:[\s.·•*,/|]+[\p{L}\p{N}])+$/u.test(folded)
    ? folded.replace(/[^\p{L}\p{N}]/gu, '')
    : folded;
  const lettered = /\p{L}/u.test(spaced)
    ? spaced
        .replace(/\(\)|\[\]|\{\}/g, 'O')
        .replace(/[013457$@€!|]/g, (sign) => LETTERS[sign] ?? sign)
    : spaced;
  return [...new Set([folded, spaced, lettered])];
}

/** Signs of telephones and messages: beside a sign they say what it is about. */
const MESSAGE_SIGNS = /[📱📲☎📞📟💬🗨🗯💭✉📧📨📩📤📥📬📭🔔]/gu;

/** Whether a text has no letters and consists of these signs alone, however often, or of these and signs of messages. */
export function isSigns(text: string, words: readonly string[]): boolean {
  if (/[\p{L}\p{N}]/u.test(text)) return false;
  const rest = words
    .filter((word) => !/[\p{L}\p{N}]/u.test(word))
    .reduce((left, sign) => left.replaceAll(sign, ''), text);
  return rest !== text && rest.replace(MESSAGE_SIGNS, '').replace(/[\s\p{P}]/gu, '') === '';
}

const withoutBlanks = (text: string): string => text.replace(/[^\p{L}\p{N}\p{M}]/gu, '');

/** Letters in the order of typing: a Korean syllable is two or three. */
const lettersOf = (text: string): string =>
  /[\uac00-\ud7af]/.test(text) ? text.normalize('NFD') : text;

const IDEOGRAPHS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;

/** A word in the forms that are compared. */
interface Typed {
  readonly letters: string;
  /** Without repeated letters. */
  readonly once: string;
  /** One bit for each letter: words with many different bits are not compared. */
  readonly bits: number;
}

/** Prepares a folded text for a comparison. */
function typedOf(text: string): Typed {
  const letters = lettersOf(text);
  let bits = 0;
  for (let at = 0; at < letters.length; at += 1) bits |= 1 << (letters.charCodeAt(at) & 31);
  return { letters, once: letters.replace(/(.)\1+/gu, '$1'), bits };
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Words that texts are compared with, arranged so that few have to be. */
export interface TypedWords {
  readonly texts: ReadonlySet<string>;
  /** Without blanks: STO P, UN SUBSCRIBE. */
  readonly joined: ReadonlySet<string>;
  /** The length in letters of each word, by what it is without repeated letters: STOPPPP, SSTTOOPP. */
  readonly once: ReadonlyMap<string, number>;
  /** By length and first letter, and by length and last letter; long words by length alone. */
  readonly byShape: ReadonlyMap<string, readonly Typed[]>;
}

/** From this length on, two slips are a slip. */
const LONG = 9;

/** One slip changes neighbouring letters, so a short word keeps its first or its last one. */
const shapesOf = (letters: string, length: number): readonly string[] =>
  length < LONG ? [`${length}^${letters[0]}`, `${length}$${letters.at(-1)}`] : [`${length}`];

/** The most slips in a word. */
const MOST_SLIPS = 2;

/** Arranges folded words for `isAlmostOneOf`. */
export function typedWordsOf(words: readonly string[]): TypedWords {
  const typed = words.map(typedOf);
  const comparable = typed.filter(({ letters }) => letters.length >= 3 && /\p{L}/u.test(letters));
  const once = new Map<string, number>();
  for (const word of comparable)
    once.set(word.once, Math.min(word.letters.length, once.get(word.once) ?? MOST_LETTERS));
  return {
    texts: new Set(words),
    joined: new Set(words.filter(({ length }) => length > 3).map(withoutBlanks)),
    once,
    byShape: new Map(
      [
        ...Map.groupBy(
          comparable
            .filter(({ letters }) => letters.length > 3 || !IDEOGRAPHS.test(letters))
            .flatMap((word) =>
              shapesOf(word.letters, word.letters.length).map((shape) => ({ shape, word })),
            ),
          ({ shape }) => shape,
        ),
      ].map(([shape, entries]) => [shape, entries.map(({ word }) => word)]),
    ),
  };
}

/** Whether a folded text is one of the words with at most one slip (two from nine letters on). */
export function isAlmostOneOf(text: string, { texts, joined, once, byShape }: TypedWords): boolean {
  if (texts.has(text)) return true;
  if (text.includes(' ') && joined.has(withoutBlanks(text))) return true;
  const typed = typedOf(text);
  if (typed.letters.length > (once.get(typed.once) ?? MOST_LETTERS * 2)) return true;
  for (let more = -MOST_SLIPS; more <= MOST_SLIPS; more += 1)
    for (const shape of shapesOf(typed.letters, typed.letters.length + more))
      for (const word of byShape.get(shape) ?? []) if (isSlip(typed, word)) return true;
  return false;
}

/** Whether letters are a word with few slips. */
function isSlip(typed: Typed, meant: Typed): boolean {
  // An exchanged letter changes two bits at most, a missing or added one a single bit.
  if (countBits(typed.bits ^ meant.bits) > 4) return false;
  const [a, b] = [typed.letters, meant.letters];
  const ideographs = IDEOGRAPHS.test(b);
  const most = b.length >= LONG && !ideographs ? MOST_SLIPS : 1;
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
