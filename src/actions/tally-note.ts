import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/fact.ts';
import { addressOf } from '../callbacks/parts.ts';
import { type Counted, groupKey, isLate } from '../rules/counted.ts';
import { templateUses } from '../rules/template.ts';
import { bodyOf } from './body.ts';
import type { TallyNote } from './effect.ts';
import { peopleIn } from './people.ts';
import type { Services } from './services.ts';

/** A body larger than this waits in R2: a queue message may have 128 KB. */
const INLINE_BODY = 60_000;

/** The one message that says for which rules' windows a callback counts; none where there is no such rule, or it came too late. */
export async function tallyNote(
  counted: readonly Counted[],
  callback: Callback,
  recall: (name: string) => Promise<FactValue>,
  services: Pick<Services, 'bodies' | 'entities' | 'dataKey'>,
): Promise<readonly TallyNote[]> {
  if (counted.length === 0) return [];
  const { id, eventTime: at, receivedAt } = callback;
  if (isLate(callback)) {
    const rules = counted.map(({ rule }) => rule.name);
    console.warn({ event: 'tally.late', callback: id, rules, seconds: Math.round((receivedAt - at) / 1000) });
    return [];
  }
  const windows = counted.map(({ rule, threshold: { terms }, group, hit }) => ({
    rule: rule.name,
    group: groupKey(group),
    hit,
    terms,
  }));
  const note: TallyNote = { kind: 'tally', id, at, counted: windows, people: [] };
  const hits = counted.filter(({ hit }) => hit);
  if (hits.length === 0) return [note];
  const recalled: Record<string, unknown> = {};
  for (const name of recalledBy(hits)) recalled[name] = await recall(name);
  const { about, envelope, memories } = callback;
  const address = addressOf(about, envelope.appId);
  const known = memories.flatMap((memory) => (memory.kind === 'contact' ? memory.addresses : []));
  const people = [...(await peopleIn(address ? [address, ...known] : known, about.contactId, services))];
  const body = await bodyOf(callback, 1, INLINE_BODY, services)();
  return [{ ...note, case: { body, receivedAt, recalled }, people }];
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
