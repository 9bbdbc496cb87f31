/** The bundle of `rules/`, made by `signalbox bundle`. */
declare module '#rulebook' {
  import type { RulebookSource } from '../rules/rule.ts';
  const source: RulebookSource;
  export default source;
}
