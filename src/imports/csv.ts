/**
 * The fields of one line of CSV, as RFC 4180 writes them; nothing when its quotes do not match.
 * A field never runs over several lines: people who refuse messages stand one a line.
 * @param delimiter one character that means nothing in a regular expression
 */
export function fieldsOf(line: string, delimiter: string): readonly string[] | undefined {
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${delimiter}]*))(${delimiter}|$)`, 'y');
  const fields: string[] = [];
  for (;;) {
    const found = field.exec(line);
    if (!found) return undefined;
    const [, quoted, plain = '', end] = found;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') return fields;
  }
}
