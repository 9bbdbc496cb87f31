declare module '#rulebook' {
  /**
   * `rules/` as `npm run bundle` wrote it: without an error in it, and with the hash of what it says. Examples and stories
   * (`examples`) and the files as they were written (`files`) are JSON in a text.
   */
  const source: import('../rules/model/rule.ts').RulebookSource & {
    readonly version: string;
    readonly proof: string;
    readonly examples: string;
    readonly files: string;
  };
  export default source;
}
