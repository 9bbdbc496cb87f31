import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { type Counted, groupKey, isLate } from '../rules/decide/counted.ts';
import { templateUses } from '../rules/model/template.ts';
import type { TallyNote } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { contactAddresses, cutToFit, hashNamedPeople, packBody } from './queue-message.ts';

/** Bodies above this size (bytes of JSON) go to R2: a queue message holds at most 128 KB. */
const INLINE_BODY = 60_000;

/** Up to this many hashes of people, 29 bytes each, fit into a note. */
const MAX_PEOPLE = 500;

/** The most characters of the recalled facts. */
const MAX_CHARACTERS = 4_000;

/** The note by which the windows of threshold rules count a callback; none when the callback is too late for its windows. */
export async function thresholdNotes(
  counted: readonly Counted[],
  callback: Callback,
  recall: (name: string) => Promise<FactValue>,
  services: Pick<Services, 'bodies' | 'objects' | 'dataKey'>,
): Promise<readonly TallyNote[]> {
  const { id, eventTime: at, receivedAt } = callback;
  if (isLate(callback)) {
    console.warn({
      // @event tally.late | A callback is older than 10 minutes and is not counted.
      event: 'tally.late',
      callback: id,
      rules: counted.map(({ rule }) => rule.name),
      seconds: Math.round((receivedAt - at) / 1000),
    });
    return [];
  }
  const windows = counted.map(({ rule, threshold: { terms }, group, hit }) => ({
    rule: rule.name,
    group: groupKey(group),
    hit,
    terms,
  }));
  const note: TallyNote = { kind: 'tally', id, at, counted: windows };
  const hits = counted.filter(({ hit }) => hit);
  if (hits.length === 0) return [note];
  const recalled: Record<string, unknown> = {};
  for (const name of recalledBy(hits)) recalled[name] = await recall(name);
  const body = await packBody(callback, 1, INLINE_BODY, services)();
  const withCase = {
    ...note,
    case: { body, receivedAt, recalled: cutToFit(recalled, MAX_CHARACTERS) },
  };
  return [
    contactAddresses(callback).length > MAX_PEOPLE
      ? withCase
      : { ...withCase, people: await hashNamedPeople(callback, services) },
  ];
}

/** The recalled facts that these rules need when they fire. */
const recalledBy = (counted: readonly Counted[]): ReadonlySet<string> =>
  new Set(
    counted
      .flatMap(({ rule }) => [
        ...rule.uses,
        ...rule.actions.flatMap(({ templates }) => Object.values(templates).flatMap(templateUses)),
      ])
      .filter(({ fact }) => fact.recalled)
      .map(({ fact }) => fact.name),
  );
