import { isRecord } from '../callbacks/shapes/parts.ts';
import { valueFaults, type WrittenCallback } from '../rules/check/examples/example-values.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import type { Finding } from '../rules/model/finding.ts';
import { leavesOf } from '../rules/model/tree.ts';
import type { Known, ReadStory } from './read-stories.ts';
import { withFields } from './with-fields.ts';

/** Reports values in callbacks of stories, and under their `set`, that Sinch never sends and that resemble one that it does. */
export async function storyValues(
  stories: readonly ReadStory[],
  { samples }: Pick<Known, 'samples'>,
  rulebook: Pick<Rulebook, 'rules' | 'lists'>,
): Promise<readonly Finding[]> {
  // A finding about a text that a rule compares stands at that rule.
  const compared = new Set(
    rulebook.rules.flatMap(({ when }) => leavesOf(when)).flatMap(({ value }) => value),
  );
  const found: Finding[] = [];
  for (const { file, steps } of stories)
    for (const [at, { callback, sample, set }] of steps.entries()) {
      const path = ['steps', at];
      const written: WrittenCallback[] = [
        { file, path: [...path, 'callback'], body: callback, compared },
        {
          file,
          path: [...path, 'set'],
          body: changed(callback ?? samples.get(sample ?? ''), set),
          compared,
          placeOf: (text) => keyOf(set, text),
        },
      ];
      for (const one of written) found.push(...(await valueFaults(one, rulebook)));
    }
  return found;
}

/** The field of `set` that holds a text. */
function keyOf(
  set: Readonly<Record<string, unknown>>,
  text: string,
): readonly string[] | undefined {
  const key = Object.keys(set).find((name) => set[name] === text);
  return key === undefined ? undefined : [key];
}

/** The body with its fields set; `undefined` where nothing is set, or a path leads nowhere, which is a finding of its own. */
function changed(body: unknown, set: Readonly<Record<string, unknown>>): unknown {
  if (!isRecord(body) || Object.keys(set).length === 0) return undefined;
  try {
    return withFields(body, set);
  } catch {
    return undefined;
  }
}
