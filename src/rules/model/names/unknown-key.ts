import { nearestName } from '../closest.ts';
import { triggerNames } from '../facts.ts';
import { formatList } from '../format.ts';
import { ruleKeyWords } from './engine-words.ts';
import { factAsKey } from './fact-as-key.ts';
import { isOfRule, meantKey } from './other-names.ts';

/** What to say of a key that is not allowed, and the allowed one that it probably means. */
export interface UnknownKey {
  readonly hint: string | undefined;
  readonly meant: string | undefined;
}

/**
 * Returns what an unknown key probably means among the allowed ones: what people call it elsewhere, or a similar one.
 * @param written the object that has the key: what people call elsewhere is none of its other keys
 */
export function unknownKey(
  key: string,
  keys: readonly string[],
  written: Readonly<Record<string, unknown>>,
): UnknownKey {
  const isRule = keys.includes('when') && keys.includes('then');
  const [first] = [written[key]].flat();
  if (isRule && typeof first === 'string' && triggerNames.includes(first))
    return { hint: 'the list of triggers is called "on" here', meant: 'on' };
  const words = isRule ? ruleKeyWords(key) : undefined;
  if (words) return { hint: words.hint, meant: words.means };
  const similar = nearestName(key, keys);
  if (similar !== undefined) return { hint: `did you mean "${similar}"?`, meant: similar };
  const free = keys.filter((one) => !Object.hasOwn(written, one));
  const other = isRule ? undefined : meantKey(key, free);
  if (other !== undefined) return { hint: `"${key}" is called "${other}" here`, meant: other };
  if (isRule) {
    const comparison = factAsKey(key, written[key]);
    return { hint: comparison ? `in "when", ${comparison}` : listed(keys), meant: undefined };
  }
  if (keys.includes('labels') && keys.includes('severity') && typeof written[key] === 'string')
    return {
      hint: `for a label write "labels": {"${key}": ${JSON.stringify(written[key])}}; else ${listed(keys)}`,
      meant: undefined,
    };
  if (isOfRule(key))
    return {
      hint: `"${key}" belongs to the rule: write it beside "when" and "then"`,
      meant: undefined,
    };
  if (!keys.includes('action') || !keys.includes('params'))
    return { hint: listed(keys), meant: undefined };
  return Object.keys(written).length === 1
    ? { hint: `write {"action": "${key}", "params": { … }}`, meant: 'action' }
    : { hint: 'write the parameters of an action under "params"', meant: undefined };
}

const listed = (keys: readonly string[]): string | undefined =>
  keys.length === 0 ? undefined : `allowed are ${formatList(keys.filter(isShown), 'and')}`;
const isShown = (key: string): boolean => key !== '$schema';
