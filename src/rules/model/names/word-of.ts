/** Returns what a table has for a name; `undefined` for a name that it lacks, such as `constructor`. */
export const wordOf = <T>(words: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;
