import { type Callback, UNKNOWN } from '../callbacks/callback.ts';
import { commonFacts } from '../callbacks/facts/common-facts.ts';
import { ENVELOPE_FIELDS, OBJECT_FIELDS, PAYLOAD_FIELDS } from '../callbacks/facts/known-fields.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { triggers } from '../callbacks/triggers/index.ts';
import type { Trigger } from '../callbacks/triggers/trigger.ts';
import { fixtureOf } from './anonymise.ts';
import type { Drift } from './journal-message.ts';

type News = Pick<Drift, 'kind' | 'name' | 'value'>;

/** Facts whose unseen value is another kind of event. */
const EVENT_TYPES = new Set(['event_type', 'event_kind', 'message_kind']);

/** What a trigger's callbacks are known to hold. */
interface Known {
  readonly trigger: Trigger;
  readonly values: readonly { readonly name: string; readonly known: ReadonlySet<string> }[];
  readonly outer: ReadonlySet<string>;
  readonly inner: ReadonlySet<string> | undefined;
}

const asSet = (names: readonly string[] | undefined): ReadonlySet<string> | undefined =>
  names && new Set(names);

const byTrigger: ReadonlyMap<string, Known> = new Map(
  triggers.map((trigger) => [
    trigger.name,
    {
      trigger,
      values: Object.entries({ ...commonFacts, ...trigger.facts }).flatMap(([name, { known }]) =>
        known ? [{ name, known: new Set(known) }] : [],
      ),
      outer: new Set([...ENVELOPE_FIELDS, ...trigger.keys]),
      inner: asSet(PAYLOAD_FIELDS[trigger.name]),
    },
  ]),
);
const inObjects = new Map(
  Object.entries(OBJECT_FIELDS).map(([name, fields]) => [name, new Set(fields)]),
);

/**
 * What is new in a callback: a trigger, a kind of event, a value or a field that nobody here has seen. Mostly nothing.
 * @param isNews asked before the callback is copied into a fixture: what Sinch adds comes with every callback from then on
 */
export function driftsOf(
  callback: Callback,
  isNews: (drift: Omit<Drift, 'fixture'>) => boolean = () => true,
): readonly Drift[] {
  const known = byTrigger.get(callback.trigger);
  const news: News[] = [];
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

function newTrigger({ trigger, envelope }: Callback, news: News[]): void {
  if (trigger !== UNKNOWN) return;
  const keys = Object.keys(envelope.body).filter((key) => !ENVELOPE_FIELDS.includes(key));
  news.push({
    kind: 'trigger',
    name: keys.slice(0, 5).map(plain).join(', ') || '(no payload)',
    value: '',
  });
}

function newValues(callback: Callback, { values }: Known, news: News[]): void {
  for (const { name, known } of values) {
    const value = callback.fact(name, {});
    if (typeof value !== 'string' || known.has(value)) continue;
    news.push({ kind: EVENT_TYPES.has(name) ? 'event type' : 'value', name, value: plain(value) });
  }
}

function newFields(
  { envelope: { body } }: Callback,
  { trigger, outer, inner }: Known,
  news: News[],
): void {
  if (!inner) return;
  const key = trigger.keys.find((name) => isRecord(body[name])) ?? '';
  const path = `${key}.`;
  unseen(body, outer, '', false, news);
  unseen(body[key], inner, path, true, news);
}

/** Fields that are not listed. RECORD_NOTIFICATION comes in camel case too. */
function unseen(
  object: unknown,
  fields: ReadonlySet<string>,
  path: string,
  deep: boolean,
  news: News[],
): void {
  if (!isRecord(object)) return;
  for (const name of Object.keys(object)) {
    const listed = fields.has(name) ? name : snakeOf(name);
    if (!fields.has(listed)) news.push({ kind: 'field', name: `${path}${plain(name)}`, value: '' });
    else if (deep) {
      const inner = inObjects.get(listed);
      if (inner) unseen(object[name], inner, `${path}${name}.`, true, news);
    }
  }
}

const snakeOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A word as it is; what may be an address, a name or a sentence is not repeated. */
const plain = (text: string): string =>
  /^[\w.:+/-]{1,80}$/.test(text) && !/\d{6}/.test(text) ? text : '(not a plain word)';
