const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of at most `width` characters: how much `count` is of `most`. Whatever is there at all can
 * be seen.
 */
export function bar(count: number, most: number, width = 20): string {
  if (count <= 0 || most <= 0) return '';
  const eighths = Math.max(1, Math.round((count / most) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (BLOCKS[eighths % 8] ?? '');
}

/** Rows as lines, each column as wide as its widest cell. Numbers stand to the right. */
export function columns(rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, lengthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => padded(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const lengthOf = (cell: string | number): number => [...String(cell)].length;

const padded = (cell: string | number, width: number): string => {
  const space = ' '.repeat(width - lengthOf(cell));
  return typeof cell === 'number' ? space + cell : cell + space;
};
