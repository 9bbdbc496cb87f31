/** Words of paths that say nothing about what a file is about. */
const GENERAL = new Set([
  ...['src', 'test', 'worker', 'property', 'client', 'rows', 'store', 'stored', 'state'],
  ...['rule', 'callback', 'action', 'pipeline', 'object', 'parts', 'and', 'of', 'by', 'index'],
]);

/** What a path is about: `src/objects/alerts/alert-desk.ts` is about `alert` and `desk`. */
const wordsOf = (path: string): ReadonlySet<string> =>
  new Set(
    path
      .split(/[^a-z]+/)
      .filter((word) => word !== 'ts')
      .map((word) => word.replace(/s$/, ''))
      .filter((word) => word !== '' && !GENERAL.has(word)),
  );

/**
 * Whether a test file is about a source file, by their names. Imports do not tell it: tests in workerd
 * call the Worker and its objects through bindings.
 */
export function isAbout(test: string, source: string): boolean {
  const words = wordsOf(source);
  return [...wordsOf(test)].some((word) => words.has(word));
}
