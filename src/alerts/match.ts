import type { Match } from '../api/alerts/match.ts';
import { formatList } from '../rules/model/format.ts';
import type { Severity } from '../rules/model/values.ts';

/** The fields of an alert that routes and groups use. */
export interface Alert {
  readonly rule: string;
  readonly owner: string;
  readonly severity: Severity;
  readonly app_id: string;
  readonly channel: string;
  /** What it is about, such as a batch. */
  readonly about?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** A field of an alert by its written name: `rule`, `app_id`, `label.team`. */
export function fieldOf(alert: Alert, name: string): string | undefined {
  if (name.startsWith('label.')) return alert.labels[name.slice('label.'.length)];
  const values: Readonly<Record<string, string | undefined>> = {
    rule: alert.rule,
    owner: alert.owner,
    severity: alert.severity,
    app_id: alert.app_id,
    channel: alert.channel,
    about: alert.about,
  };
  return values[name];
}

/** Whether an alert matches. */
export const matches = (match: Match, alert: Alert): boolean =>
  criteria(match).every(([name, wanted]) =>
    wanted.some((value) => fits(value, fieldOf(alert, name))),
  );

/** Whether every alert that the second match takes is taken by the first one, too. */
export const covers = (wide: Match, narrow: Match): boolean => {
  const theirs = new Map(criteria(narrow));
  return criteria(wide).every(([name, wanted]) => {
    const values = theirs.get(name);
    return values?.every((value) => wanted.some((one) => fits(one, value))) ?? false;
  });
};

/** "severity critical and owner messaging-ops"; "any alert" for an empty match. */
export const describeMatch = (match: Match): string => {
  const parts = criteria(match).map(
    ([name, wanted]) => `${name.replace(/^label\./, 'label ')} ${formatList(wanted)}`,
  );
  return parts.length === 0 ? 'any alert' : formatList(parts, 'and');
};

function criteria({
  labels = {},
  ...fields
}: Match): readonly (readonly [name: string, wanted: readonly string[]])[] {
  const named = [
    ...Object.entries(fields),
    ...Object.entries(labels).map(([name, wanted]) => [`label.${name}`, wanted] as const),
  ];
  return named.flatMap(([name, wanted]) =>
    wanted === undefined ? [] : [[name, typeof wanted === 'string' ? [wanted] : wanted] as const],
  );
}

/** Whether a value equals the wanted one; `*` stands for any characters. */
export function fits(wanted: string, value: string | undefined): boolean {
  if (value === undefined || !wanted.includes('*')) return wanted === value;
  const pieces = wanted.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (
    !value.startsWith(first) ||
    !value.endsWith(last) ||
    value.length < first.length + last.length
  )
    return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > value.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
