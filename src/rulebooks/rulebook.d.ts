declare module '#rulebook' {
  /**
   * `rules/` as `npm run bundle` wrote it, without an error in it. Every member is a text: what an isolate does not read yet must
   * not lengthen its start.
   */
  const written: import('./canonical.ts').WrittenBundle;
  export default written;
}
