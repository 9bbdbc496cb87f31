import { type Callback, UNKNOWN } from '../callbacks/callback.ts';
import { commonFacts } from '../callbacks/facts/common-facts.ts';
import type { KnownFields } from '../callbacks/known-fields.ts';
import { ENVELOPE_FIELDS } from '../callbacks/model.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { triggerNamed } from '../callbacks/triggers/index.ts';
import type { Trigger } from '../callbacks/triggers/trigger.ts';
import { fixtureOf } from './anonymise.ts';
import type { Drift } from './journal-message.ts';

type Finding = Pick<Drift, 'kind' | 'name' | 'value'>;

/** What a trigger's callbacks are known to contain. */
interface Known {
  readonly trigger: Trigger;
  readonly values: readonly {
    readonly name: string;
    readonly known: ReadonlySet<string>;
    readonly kind: 'event type' | 'value';
  }[];
  /** Fields around the payload, the keys of the payload included. */
  readonly outer: ReadonlySet<string>;
}

const knownByTrigger = new Map<string, Known>();

/** Returns what a trigger's callbacks are known to contain, collected when its first callback arrives: not at the start-up. */
function knownOf(name: string): Known | undefined {
  const earlier = knownByTrigger.get(name);
  const trigger = triggerNamed(name);
  if (earlier || !trigger) return earlier;
  const known: Known = {
    trigger,
    values: Object.entries({ ...commonFacts, ...trigger.facts }).flatMap(
      ([fact, { known, eventType }]) =>
        known
          ? [{ name: fact, known: new Set(known), kind: eventType ? 'event type' : 'value' }]
          : [],
    ),
    outer: new Set([...ENVELOPE_FIELDS, ...trigger.keys]),
  };
  knownByTrigger.set(name, known);
  return known;
}

/**
 * Returns what a callback contains that its trigger's definition does not know: a trigger, a kind of event, a value or a field.
 * @param isNews whether a finding is new today. It is called before the callback is copied into a fixture, because a field
 * that Sinch adds comes with every callback from then on
 */
export function driftsOf(
  callback: Callback,
  isNews: (drift: Omit<Drift, 'fixture'>) => boolean = () => true,
): readonly Drift[] {
  const known = knownOf(callback.trigger);
  const news: Finding[] = [];
  if (known) {
    newValues(callback, known, news);
    newFields(callback, known, news);
  } else newTrigger(callback, news);
  if (news.length === 0) return [];
  const shared = {
    day: new Date(callback.receivedAt).toISOString().slice(0, 10),
    trigger: callback.trigger,
    at: callback.receivedAt,
    callbackId: callback.id,
  };
  const drifts = news.map((found) => ({ ...shared, ...found })).filter(isNews);
  if (drifts.length === 0) return [];
  const fixture = fixtureOf(callback.envelope.body);
  return drifts.map((drift) => ({ ...drift, fixture }));
}

function newTrigger({ trigger, envelope }: Callback, news: Finding[]): void {
  if (trigger !== UNKNOWN) return;
  const keys = Object.keys(envelope.body).filter((key) => !ENVELOPE_FIELDS.includes(key));
  news.push({
    kind: 'trigger',
    name: keys.slice(0, 5).map(plain).join(', ') || '(no payload)',
    value: '',
  });
}

function newValues(callback: Callback, { values }: Known, found: Finding[]): void {
  for (const { name, known, kind } of values) {
    const value = callback.fact(name, {});
    if (typeof value === 'string' && !known.has(value))
      found.push({ kind, name, value: plain(value) });
  }
}

/** Compares the payload in the specification's shape, so that another known shape of it is not drift. */
function newFields(
  { envelope: { body }, payload }: Callback,
  { trigger, outer }: Known,
  found: Finding[],
): void {
  const names = new Set<string>();
  for (const name of Object.keys(body)) if (!outer.has(name)) names.add(plain(name));
  const key = trigger.keys.find((name) => isRecord(body[name])) ?? '';
  collectUnknown(payload, trigger.fields, `${key}.`, names);
  for (const name of names) found.push({ kind: 'field', name, value: '' });
}

/** Adds the dotted paths of fields that the schema does not name. The items of a list share one path. */
function collectUnknown(
  value: unknown,
  { fields, open }: KnownFields,
  path: string,
  names: Set<string>,
): void {
  if (Array.isArray(value))
    for (const item of value) collectUnknown(item, { fields, open }, path, names);
  if (!isRecord(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!fields.has(name)) {
      if (!open && inner !== undefined) names.add(`${path}${plain(name)}`);
      continue;
    }
    const known = fields.get(name);
    if (known) collectUnknown(inner, known, `${path}${name}.`, names);
  }
}

/** Returns a plain word unchanged. A text that may be an address, a name or a sentence is not repeated. */
const plain = (text: string): string =>
  /^[\w.:+/-]{1,80}$/.test(text) && !/\d{6}/.test(text) ? text : '(not a plain word)';
