declare module '#rulebook' {
  /** `rules/` as `npm run bundle` wrote it: without examples, and without an error in it. */
  const source: import('../rules/rule.ts').RulebookSource;
  export default source;
}
