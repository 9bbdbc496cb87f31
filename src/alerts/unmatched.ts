import * as v from 'valibot';
import type { Match } from '../api/alerts/match.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { closestOrAll } from '../rules/model/closest.ts';
import { factEntry } from '../rules/model/facts.ts';
import type { Finding } from '../rules/model/finding.ts';
import { nameOfFile } from '../rules/model/lists.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { Alerts, namesOf, type Route } from './config.ts';
import { heartbeatRule } from './heartbeat.ts';
import { fits } from './match.ts';

/** The fields of Signalbox's own alerts. */
const OWN = { rule: 'signalbox', owner: 'operator', label: 'trouble' };

/** Findings about rules, owners, channels and labels in `alerts.json` that no alert ever has. */
export function unmatched(source: Pick<RulebookSource, 'alerts' | 'rules'>): readonly Finding[] {
  const read = v.safeParse(Alerts, source.alerts);
  if (!read.success) return [];
  const { routes, inhibit, heartbeats } = read.output;
  const inMatch = matchReader(source);
  return [
    ...inRoutes(routes, ['routes']),
    ...inhibit.flatMap(({ if: source, mutes }, index) => [
      ...inMatch(source, ['inhibit', index, 'if']),
      ...inMatch(mutes, ['inhibit', index, 'mutes']),
    ]),
    ...heartbeats.flatMap(({ channel }, index) =>
      inMatch(channel === undefined ? {} : { channel }, ['heartbeats', index]),
    ),
  ];

  function inRoutes(some: readonly Route[], under: Finding['path']): readonly Finding[] {
    return some.flatMap(({ match, routes: inner }, index) => [
      ...inMatch(match ?? {}, [...under, index, 'match']),
      ...inRoutes(inner ?? [], [...under, index, 'routes']),
    ]);
  }
}

/** Returns the same check for one match, by the alerts of these rules and heartbeats; `at` is its path. */
export function matchReader({ alerts, rules }: Pick<RulebookSource, 'alerts' | 'rules'>) {
  const read = v.safeParse(Alerts, alerts);
  const heartbeats = read.success ? read.output.heartbeats : [];
  const written = Object.values(rules).filter(isRecord);
  const labels = written.flatMap((rule) =>
    isRecord(rule.labels) ? Object.entries(rule.labels) : [],
  );
  const known = {
    rule: [OWN.rule, ...heartbeats.map(heartbeatRule), ...Object.keys(rules).map(nameOfFile)],
    owner: [
      OWN.owner,
      ...written.flatMap(({ owner }) => (typeof owner === 'string' ? [owner] : [])),
    ],
    channel: factEntry('channel')?.known ?? [],
  };
  return (match: Match, at: Finding['path']): readonly Finding[] => {
    const fields = (['rule', 'owner', 'channel'] as const).flatMap((field) =>
      among(
        match[field],
        known[field],
        [...at, field],
        (name) =>
          field === 'rule' ? `no rule is called "${name}"` : `no alert has the ${field} "${name}"`,
        field === 'channel',
      ),
    );
    const named = Object.entries(match.labels ?? {}).filter(([name]) => name !== OWN.label);
    const ofLabels = named.flatMap(([name, wanted]) => {
      const values = labels.flatMap(([label, value]) =>
        label === name && (typeof value === 'string' || typeof value === 'number')
          ? [String(value)]
          : [],
      );
      return among(
        wanted,
        values,
        [...at, 'labels', name],
        (value) => `no rule has the label ${name} "${value}"`,
      );
    });
    return [...fields, ...ofLabels];
  };
}

/** @param isVocabulary whether the values are Sinch's, so that another case is a slip for certain */
function among(
  wanted: string | readonly string[] | undefined,
  values: readonly string[],
  path: Finding['path'],
  message: (name: string) => string,
  isVocabulary = false,
): readonly Finding[] {
  return namesOf(wanted).flatMap((name, index) => {
    if (values.some((value) => fits(name, value))) return [];
    const spelt = isVocabulary
      ? values.find((value) => value.toUpperCase() === name.toUpperCase())
      : undefined;
    const hint = spelt === undefined ? closestOrAll(name, values) : `write "${spelt}"`;
    return [
      {
        file: 'alerts.json',
        path: typeof wanted === 'string' ? path : [...path, index],
        code: spelt === undefined ? 'matches-nothing' : 'wrong-case',
        severity: 'warning',
        message: `${message(name)}, so this matches nothing`,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
}
