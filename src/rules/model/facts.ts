import { type Callback, UNKNOWN } from '../../callbacks/callback.ts';
import { commonFacts, envelopeFactNames } from '../../callbacks/facts/common-facts.ts';
import {
  definitionsOf,
  type FactDefinition,
  type FactValue,
  type Lists,
} from '../../callbacks/facts/fact.ts';
import { triggers } from '../../callbacks/triggers/index.ts';
import type { ActionDefinition, FactEntry, RequiredFact } from './vocabulary.ts';

/** The fact that reaches any field by a path: in the payload first, then in the whole callback. */
export const PAYLOAD = 'payload';

const entries = new Map<string, FactEntry>();

function addFact(name: string, { known, ...rest }: FactDefinition, trigger: string): void {
  const earlier = entries.get(name);
  const values =
    earlier?.known && known
      ? [...new Set([...earlier.known, ...known])]
      : (earlier?.known ?? known);
  entries.set(name, {
    ...(earlier ?? { name, ...rest }),
    ...(values && { known: values }),
    triggers: [...(earlier?.triggers ?? []), trigger],
  });
}

const common = definitionsOf(commonFacts);
for (const [name, definition] of Object.entries(common)) {
  const carriers = triggers.filter((trigger) => trigger.subjectFacts.some((fact) => fact === name));
  entries.set(name, {
    name,
    ...definition,
    common: true,
    triggers: envelopeFactNames.includes(name) ? [] : carriers.map((trigger) => trigger.name),
  });
}
for (const trigger of triggers)
  for (const [name, definition] of Object.entries(trigger.facts))
    addFact(name, definition, trigger.name);

const list: readonly FactEntry[] = [...entries.values()];
const names: readonly string[] = [...entries.keys()];

/** Every fact: the common facts first, then those of each trigger. */
export const factEntries = (): readonly FactEntry[] => list;

/** Returns the fact with this name, or `undefined`. */
export const factEntry = (name: string): FactEntry | undefined => entries.get(name);

/** The names of all facts that have a text among their known values. */
export const factsWithValue = (text: string): readonly string[] =>
  list.filter(({ known }) => known?.includes(text)).map(({ name }) => name);

/** The names of all facts, for did-you-mean. */
export const factNames = (): readonly string[] => names;

/** The triggers a rule may listen to, the unknown one included. */
export const triggerNames: readonly string[] = [...triggers.map(({ name }) => name), UNKNOWN];

/** Whether at least one of the triggers carries the fact. */
export const isCarried = ({ triggers: carriers }: FactEntry, on: readonly string[]): boolean =>
  carriers.length === 0 || carriers.some((name) => on.includes(name));

const contactTriggers: ReadonlySet<string> = new Set(
  triggers.filter(({ namesContacts }) => namesContacts).map(({ name }) => name),
);
const isAddressPart = (fact: RequiredFact): boolean =>
  typeof fact === 'string' && entries.get(fact)?.isAddressPart === true;

/** Returns what an action requires and a trigger does not carry: a fact, or a choice of facts as "a or b". */
export const missingFacts = (
  { requiredFacts, worksOnContacts }: Pick<ActionDefinition, 'requiredFacts' | 'worksOnContacts'>,
  trigger: string,
): readonly string[] =>
  requiredFacts
    .filter((fact) => !(worksOnContacts && isAddressPart(fact) && contactTriggers.has(trigger)))
    .map((choice) => (typeof choice === 'string' ? [choice] : choice))
    .filter((choice) =>
      choice.every((name) => {
        const fact = entries.get(name);
        return !fact || !isCarried(fact, [trigger]);
      }),
    )
    .map((choice) => choice.map((name) => `"${name}"`).join(' or '));

/** Returns a fact that the callback itself carries; `undefined` if it is missing or has to be recalled. */
export const readFact = (
  { lists }: { readonly lists: Lists },
  callback: Callback,
  name: string,
): FactValue => callback.fact(name, lists);

/** The name of a fact or field in decisions and sentences: `payload.contact.id`. */
export const factKey = (fact: string, path: string | undefined): string =>
  path === undefined ? fact : `${fact}.${path}`;

/**
 * Returns what is wrong with a path, or `undefined`. A path is names and numbers joined by dots, never JSONPath.
 * @param fact the fact whose path it is: no field of Sinch has a slash in its name, one in metadata may
 */
export function pathFault(path: string, fact: string): string | undefined {
  if (path.startsWith('$')) return `paths are plain, "a.b.0", not JSONPath`;
  if (path.startsWith('/') || (fact === PAYLOAD && path.includes('/')))
    return 'names are joined by dots, not by slashes: "a.b.0"';
  if (/[[\]*]/.test(path)) return 'write list places as numbers between dots: "a.b.0"';
  if (path.split('.').some((part) => part === ''))
    return 'expected names joined by single dots: "a.b.0"';
  return undefined;
}

/** Returns the value at a dotted path, or `undefined`. Follows own properties only. */
export function lookup(value: unknown, path: string): unknown {
  let at = value;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part]; // an own property, as just checked
  }
  return at;
}
