/** Returns a table in Markdown. A `|` in a cell is escaped and a line break becomes a space. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Returns the text as code in Markdown. */
export const code = (text: string): string => `\`${text}\``;

/** Returns the text of a table cell for a yes or a no. */
export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
