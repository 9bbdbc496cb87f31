import { type Alerts, readAlerts } from '../alerts/config.ts';
import { drawTree } from '../alerts/tree.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import {
  type Compared,
  type Detail,
  type Difference,
  diffRulebooks,
  type TreeLine,
  textsOf,
} from '../rules/explain/diff.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { factEntry } from '../rules/model/facts.ts';
import { render, templateUses } from '../rules/model/template.ts';
import { openDecided } from '../rules/prove/examples.ts';

/**
 * Returns the changes from one rulebook to another as a reviewer reads them: rules as sentences, params in words, texts as
 * a recipient gets them (filled from an example that fires), routes and destinations as a tree.
 */
export async function reviewRulebooks(
  old: Compared,
  now: Compared,
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const difference of diffRulebooks(old, now)) {
    const name = difference.what.match(/^rule (.+)$/)?.[1];
    if (difference.what === 'alerts.json')
      differences.push({ ...difference, ...alertChanges(old.source.alerts, now.source.alerts) });
    else if (name === undefined) differences.push(difference);
    else differences.push(await withTexts(difference, name, old.rulebook, now.rulebook));
  }
  return differences;
}

/** The texts that a rule sends, each as a recipient gets it for the first example that fires. */
export async function sentTexts(
  rule: CompiledRule,
  rulebook: Pick<Rulebook, 'lists'>,
  sample: CompiledRule = rule,
): Promise<ReadonlyMap<string, string>> {
  const example = sample.examples.find(({ fires }) => fires);
  const opened = example && (await openDecided(rulebook, sample, example).catch(() => undefined));
  const texts = new Map<string, string>();
  for (const { what, action, key, text } of textsOf(rule)) {
    const template = action.templates[key];
    if (template && opened) {
      await opened.seen.fetch(templateUses(template));
      texts.set(
        what,
        render(template, (use) => {
          const isCarried = factEntry(use.fact.name) === use.fact;
          // What only the Worker knows stays in braces: the count of a threshold.
          return isCarried ? opened.seen.read(use) : `{{${use.key}}}`;
        }),
      );
    } else texts.set(what, text);
  }
  return texts;
}

/** A changed rule with its texts as they are sent. Both versions are filled from the same example. */
async function withTexts(
  difference: Difference,
  name: string,
  old: Rulebook,
  now: Rulebook,
): Promise<Difference> {
  const [was, is] = [old, now].map(({ rules }) => rules.find((rule) => rule.name === name));
  const sample = is?.examples.some(({ fires }) => fires) ? is : (was ?? is);
  if (!difference.details || !sample) return difference;
  const before = was ? await sentTexts(was, old, sample) : new Map<string, string>();
  const after = is ? await sentTexts(is, now, sample) : new Map<string, string>();
  const details = difference.details.map((detail): Detail => {
    const [from, to] = [before.get(detail.what), after.get(detail.what)];
    return {
      ...detail,
      ...(from !== undefined && detail.old !== undefined && { old: from }),
      ...(to !== undefined && detail.new !== undefined && { new: to }),
    };
  });
  return { ...difference, details };
}

/** Routes as a tree with what changed, and each destination that changed. */
function alertChanges(was: unknown, is: unknown): Pick<Difference, 'new' | 'details' | 'tree'> {
  const [before, after] = [was, is].map((source) => readable(source));
  if (!before || !after) return {};
  const tree = compareLines(drawTree(before), drawTree(after));
  const details = destinationChanges(was, is);
  return {
    new:
      details.length > 0 || tree.some(({ change }) => change !== 'same')
        ? 'who is notified'
        : 'settings',
    ...(details.length > 0 && { details }),
    ...(tree.some(({ change }) => change !== 'same') && { tree }),
  };
}

function readable(source: unknown): Alerts | undefined {
  try {
    return readAlerts(source);
  } catch {
    return undefined;
  }
}

function destinationChanges(was: unknown, is: unknown): readonly Detail[] {
  const [before, after] = [was, is].map((source) => recordAt(source, 'destinations'));
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before?.[name], after?.[name]].map(destinationWords);
    if (old === now) return [];
    const what = `destination ${name}`;
    return [{ what, ...(old !== undefined && { old }), ...(now !== undefined && { new: now }) }];
  });
}

const recordAt = (source: unknown, key: string): Record<string, unknown> => {
  const found: unknown = isRecord(source) ? source[key] : undefined;
  return isRecord(found) ? found : {};
};

/** `slack, url from DEST_OPS, fallback pager`: a secret by its name. */
function destinationWords(config: unknown): string | undefined {
  if (!isRecord(config)) return undefined;
  const { type, ...settings } = config;
  const words = Object.entries(settings).map(([key, value]) =>
    isRecord(value) && typeof value.secret === 'string'
      ? `${key} from ${value.secret}`
      : `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [String(type ?? ''), ...words].filter(Boolean).join(', ');
}

/** The lines of two texts as one, by their longest common subsequence. */
export function compareLines(old: readonly string[], now: readonly string[]): readonly TreeLine[] {
  // common[i][j]: how many lines the rests from i and j have in common.
  const common = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(now.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    const row = common[i];
    for (let j = now.length - 1; j >= 0; j--)
      if (row)
        row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: TreeLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [from, to] = [old[i], now[j]];
    if (from !== undefined && from === to) {
      lines.push({ change: 'same', text: from });
      i += 1;
      j += 1;
    } else if (from !== undefined && (to === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ change: 'removed', text: from });
      i += 1;
    } else {
      lines.push({ change: 'added', text: to ?? '' });
      j += 1;
    }
  }
  return lines;
}
