import { closest } from '../model/closest.ts';
import { factEntry } from '../model/facts.ts';
import { paramWords } from '../model/param-words.ts';
import type { ActionCall } from '../model/rule.ts';
import type { TemplateFault } from '../model/template.ts';

/** A name that is none of a fact: `{{to}}`, `{{param.to}}`, `{{throttle.to}}`. */
const SHORTENED = /\{\{\s*(?:\w+\.)?(\w+)\s*\}\}/g;
const REFERENCE = /\{\{\s*params\.([^{}|]*?)\s*\}\}/g;

/**
 * Replaces `{{params.to}}` in a text by the param of the rule's other actions, in words: "10 a minute". The first
 * action that has the param counts, so that a text never states another number than the one that applies.
 */
export function fillParams(
  text: string,
  index: number,
  calls: readonly ActionCall[],
): { readonly text: string; readonly faults: readonly TemplateFault[] } {
  const others = calls.filter((_, place) => place !== index);
  const names = [...new Set(others.flatMap(({ params }) => Object.keys(params)))];
  const faults: TemplateFault[] = [];
  const filled = text.replace(REFERENCE, (written, name: string) => {
    const owner = others.find(({ params }) => Object.hasOwn(params, name));
    if (owner) return paramWords(owner.params[name]);
    faults.push({
      code: 'bad-template',
      message: `${written}: no other action of this rule has a param "${name}"`,
      hint:
        closest(name, names) ?? (names.length > 0 ? `they have ${names.join(', ')}` : undefined),
    });
    return '';
  });
  const meant = filled.replace(SHORTENED, (written, name: string) => {
    const owner = others.find(({ params }) => Object.hasOwn(params, name));
    if (!owner || factEntry(name)) return written;
    faults.push({
      code: 'bad-template',
      message: `${written}: "${name}" is a param of the action "${owner.action}"`,
      hint: `write {{params.${name}}}`,
    });
    return paramWords(owner.params[name]);
  });
  return { text: meant, faults };
}
