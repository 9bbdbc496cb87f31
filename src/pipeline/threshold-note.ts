import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { type Counted, groupKey, isLate } from '../rules/decide/counted.ts';
import { templateUses } from '../rules/model/template.ts';
import type { TallyNote } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { addressesTold } from './addresses.ts';
import { bodyOf } from './body.ts';
import { cutToFit } from './message-size.ts';
import { peopleIn } from './people.ts';

/** A body larger than this waits in R2: a queue message may have 128 KB. */
const INLINE_BODY = 60_000;

/** Hashes of so many people, 29 bytes each, travel along. */
const MOST_PEOPLE = 500;

/** How many characters the recalled facts may have. */
const LONGEST = 4_000;

/** The one message that says for which rules' windows a callback counts; none where there is no such rule, or it came too late. */
export async function tallyNote(
  counted: readonly Counted[],
  callback: Callback,
  recall: (name: string) => Promise<FactValue>,
  services: Pick<Services, 'bodies' | 'objects' | 'dataKey'>,
): Promise<readonly TallyNote[]> {
  if (counted.length === 0) return [];
  const { id, eventTime: at, receivedAt } = callback;
  if (isLate(callback)) {
    const rules = counted.map(({ rule }) => rule.name);
    console.warn({
      event: 'tally.late',
      callback: id,
      rules,
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
  const body = await bodyOf(callback, 1, INLINE_BODY, services)();
  const counts = { ...note, case: { body, receivedAt, recalled: cutToFit(recalled, LONGEST) } };
  return [
    addressesTold(callback).length > MOST_PEOPLE
      ? counts
      : { ...counts, people: await peopleOf(callback, services) },
  ];
}

/** Keyed hashes of all whom a callback names. */
export async function peopleOf(
  callback: Callback,
  services: Pick<Services, 'objects' | 'dataKey'>,
): Promise<string[]> {
  const { subject, envelope } = callback;
  const address = addressOf(subject, envelope.appId);
  const told = addressesTold(callback);
  return [...(await peopleIn(address ? [address, ...told] : told, subject.contactId, services))];
}

/** The facts that our own state must tell again when these rules fire. */
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
