// string-width and wrap-ansi would add a table of East Asian Width and the removal of colours to the bundle of the pure
// layers. These texts have no colours, and scripts of two columns are a few ranges.
const BETWEEN = ' │ ';

/** Two texts in two columns that together are at most `width` wide: each is wrapped at blanks, and keeps its own line breaks. */
export function sideBySide(left: string, right: string, width: number): readonly string[] {
  const column = Math.floor((width - BETWEEN.length) / 2);
  const [lefts, rights] = [wrapped(left, column), wrapped(right, column)];
  return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, at) => {
    const text = lefts[at] ?? '';
    return `${text}${' '.repeat(column - widthOf(text))}${BETWEEN}${rights[at] ?? ''}`.trimEnd();
  });
}

/** A text in lines of at most `width` columns. A word that is longer is cut. */
function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ').flatMap((one) => pieces(one, width))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && widthOf(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}

/** A word in pieces that fit: a script without blanks is one long word. */
function pieces(word: string, width: number): readonly string[] {
  const found: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (widthOf(piece + letter) > width) {
      found.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...found, piece];
}

/** Letters of East Asian scripts and emoji take two columns of a terminal. Source: Unicode, East Asian Width. */
const TWO_COLUMNS =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Marks that stand on the letter before them. */
const NO_COLUMN = /[\p{Mn}\p{Me}\p{Cf}]/u;

const widthOf = (text: string): number =>
  [...text].reduce(
    (sum, letter) => sum + (NO_COLUMN.test(letter) ? 0 : TWO_COLUMNS.test(letter) ? 2 : 1),
    0,
  );
