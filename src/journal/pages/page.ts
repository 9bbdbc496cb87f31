import * as v from 'valibot';
import { Entry, StoredFacts } from '../entry.ts';
import { deflate, inflate } from './compress.ts';
import { packTokens } from './tokens.ts';

const Maybe = v.optional(v.string());

/** An entry as a page stores it: what may be personal is encrypted under keys of the people that it is about. */
export const StoredEntry = v.object({
  ...v.omit(Entry, ['person', 'contact', 'facts', 'body', 'ids']).entries,
  facts: v.omit(StoredFacts, ['hashed']),
  /** The person or contact whose key encrypts `own`: a reference (`refOf`). */
  owner: Maybe,
  /** References of the person and the contact: whom the entry is found by. */
  people: v.optional(v.array(v.string()), []),
  /** `hashed` of the facts, and what `named` has unless it is there, encrypted. */
  own: Maybe,
  /** The callback and the contact ids that it names, if there are several: encrypted under the keys of all these. */
  named: v.optional(v.object({ by: v.array(v.string()), data: v.string() })),
});
export type StoredEntry = v.InferOutput<typeof StoredEntry>;

/** What a page is found by: packed tokens, and the times of its entries (milliseconds since 1970). */
export interface PageRow {
  readonly class: string;
  readonly from: number;
  readonly to: number;
  readonly entries: number;
  readonly names: Uint8Array<ArrayBuffer>;
  readonly people: Uint8Array<ArrayBuffer>;
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly keys: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The names that entries are selected by, each with what it names. */
export const nameIn = {
  rule: (name: string): string => `rule ${name}`,
  outcome: (outcome: string): string => `outcome ${outcome}`,
  action: (name: string): string => `action ${name}`,
  trigger: (name: string): string => `trigger ${name}`,
  channel: (name: string): string => `channel ${name}`,
  app: (id: string): string => `app ${id}`,
  status: (status: string): string => `status ${status}`,
  /** Decided by a rulebook in force. */
  active: 'active',
  /** Names a message. */
  message: 'message',
} as const;

/** What a decision is stored under. */
export const idOf = ({ id, rulebook }: Pick<Entry, 'id' | 'rulebook'>): string =>
  `${id} ${rulebook}`;

/** Returns an entry with the rules and actions that another entry of the same decision has beside them. */
export function withMore<T extends Pick<Entry, 'rules' | 'actions'>>(
  entry: T,
  { rules, actions }: Pick<Entry, 'rules' | 'actions'>,
): T {
  const isSame = (a: (typeof actions)[number]) => (b: (typeof actions)[number]) =>
    a.rule === b.rule && a.position === b.position;
  return {
    ...entry,
    rules: [
      ...entry.rules,
      ...rules.filter(({ rule }) => !entry.rules.some((known) => known.rule === rule)),
    ],
    actions: [...entry.actions, ...actions.filter((action) => !entry.actions.some(isSame(action)))],
  };
}

/** Makes a page of entries of one class. */
export async function encodePage(entries: readonly StoredEntry[]): Promise<PageRow> {
  const times = entries.map(({ receivedAt }) => receivedAt);
  const text = new Uint8Array(new TextEncoder().encode(JSON.stringify(entries)));
  return {
    class: entries[0]?.class ?? 'callback',
    from: Math.min(...times),
    to: Math.max(...times),
    entries: entries.length,
    names: packTokens(entries.flatMap(namesOf)),
    people: packTokens(entries.flatMap(({ people }) => people)),
    // A callback is found by its id alone.
    ids: packTokens(entries.map(({ id }) => id)),
    keys: packTokens(entries.flatMap(({ keys }) => keys)),
    data: await deflate(text),
  };
}

/** Reads the entries of a page. */
export async function decodePage(data: Uint8Array<ArrayBuffer>): Promise<readonly StoredEntry[]> {
  const text = new TextDecoder().decode(await inflate(data));
  return v.parse(v.array(StoredEntry), JSON.parse(text));
}

function namesOf(entry: StoredEntry): readonly string[] {
  const { status, message_id: message } = entry.facts.clear;
  return [
    nameIn.trigger(entry.trigger),
    nameIn.app(entry.appId),
    ...(entry.channel === undefined ? [] : [nameIn.channel(entry.channel)]),
    ...(typeof status === 'string' ? [nameIn.status(status)] : []),
    ...(message === undefined ? [] : [nameIn.message]),
    ...(entry.shadow ? [] : [nameIn.active]),
    ...(entry.rules.length === 0 ? [nameIn.outcome('none')] : []),
    ...entry.rules.flatMap(({ rule, outcome }) => [nameIn.rule(rule), nameIn.outcome(outcome)]),
    ...entry.actions.flatMap(({ rule, action, outcome }) => [
      nameIn.rule(rule),
      nameIn.action(action),
      nameIn.outcome(outcome),
    ]),
  ];
}
