import { type Alerts, kindOf, namesOf, type Route } from '../../alerts/config.ts';
import { describeMatch } from '../../alerts/match.ts';
import { describeTiming } from '../../alerts/phrases.ts';
import { type AlertPreview, previewExample } from '../../pipeline/alert-preview.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import { formatList } from '../../rules/model/format.ts';
import { formatHours } from '../../rules/model/hours.ts';
import type { Example } from '../../rules/model/rule.ts';
import type { Book } from './book.ts';
import type { AlertTree, AlertWay, Branch } from './protocol.ts';

/** Where the alerts of an example go, and how each destination shows them. `now`: the hour that the routes see. */
export async function waysOfExample(
  rule: CompiledRule,
  example: Example,
  { rulebook, alerts }: Book,
  now?: number,
): Promise<readonly AlertWay[]> {
  if (!alerts) return [];
  const foreseen = await previewExample(rule, example, rulebook, alerts, undefined, now).catch(
    () => [],
  );
  return foreseen.flatMap(waysOf);
}

const waysOf = ({ rule, severity, title, routes }: AlertPreview): readonly AlertWay[] =>
  routes.map(({ reason, to, timing, shown }) => ({
    rule,
    severity,
    title,
    to,
    reason,
    timing: describeTiming(timing),
    shown: shown.map(({ to: name, type, outgoing }) => ({ to: name, type, shows: outgoing.shows })),
  }));

/** Who is notified of a rule's alerts at an hour, by the first example of the rule that fires. */
export async function notifiedAt(
  name: string,
  at: number,
  book: Book,
): Promise<readonly AlertWay[]> {
  const rule = book.rulebook.rules.find((one) => one.name === name);
  const example = rule?.examples.find(({ fires }) => fires);
  return rule && example ? waysOfExample(rule, example, book, at) : [];
}

/** The routes of `alerts.json` as a tree, or `null` where they cannot be read. */
export function alertTree({ alerts }: Book): AlertTree | null {
  if (!alerts) return null;
  return {
    default: alerts.default,
    settings: settingsOf(alerts),
    routes: branches(alerts.routes, '', alerts),
    inhibitions: alerts.inhibit.map(
      ({ if: source, mutes, same }) =>
        `${describeMatch(source)} mutes ${describeMatch(mutes)}${same.length > 0 ? ` of the same ${formatList(same, 'and')}` : ''}`,
    ),
    fallbacks: Object.entries(alerts.destinations).flatMap(([name, { fallback }]) =>
      fallback === undefined ? [] : [`${name} → ${fallback}`],
    ),
    destinations: Object.entries(alerts.destinations).map(([name, config]) => ({
      name,
      type: kindOf(config).type,
    })),
  };
}

const branches = (routes: readonly Route[], under: string, alerts: Alerts): readonly Branch[] =>
  routes.map((branch, index) => {
    const place = `${under}${index + 1}`;
    const hours = branch.schedule === undefined ? undefined : alerts.schedules[branch.schedule];
    return {
      name: branch.name ?? place,
      match: describeMatch(branch.match ?? {}),
      to: namesOf(branch.to),
      schedule: hours ? `${branch.schedule}: ${formatHours(hours)}` : null,
      otherwise: namesOf(branch.else),
      goesOn: branch.continue === true,
      settings: settingsOf(branch),
      routes: branches(branch.routes ?? [], `${place}.`, alerts),
    };
  });

const settingsOf = ({
  group_by: by,
  group_wait: wait,
  group_interval: interval,
  repeat,
  resolve_after: over,
}: Pick<
  Route,
  'group_by' | 'group_wait' | 'group_interval' | 'repeat' | 'resolve_after'
>): readonly string[] =>
  [
    by && by.length > 0 ? `grouped by ${formatList(by, 'and')}` : '',
    wait ? `waits ${wait}` : '',
    interval ? `updates every ${interval}` : '',
    repeat ? `repeats every ${repeat}` : '',
    over ? `over after ${over}` : '',
  ].filter((words) => words !== '');
