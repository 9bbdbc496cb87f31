declare module '#rulebook' {
  /** `rules/` as `npm run bundle` wrote it: without examples, without an error in it, and with the hash of what it says. */
  const source: import('../rules/model/rule.ts').RulebookSource & { readonly version: string };
  export default source;
}
