import { type Callback, UNKNOWN } from '../callbacks/callback.ts';
import { commonFacts } from '../callbacks/common-facts.ts';
import { triggers } from '../callbacks/index.ts';
import { ENVELOPE_FIELDS, OBJECT_FIELDS, PAYLOAD_FIELDS } from '../callbacks/known-fields.ts';
import { isRecord } from '../callbacks/parts.ts';
import type { Trigger } from '../callbacks/trigger.ts';
import { fixtureOf } from './fixture.ts';
import type { Drift } from './note.ts';

type News = Pick<Drift, 'kind' | 'name' | 'value'>;

/** Facts whose unseen value is another kind of event. */
const EVENT_TYPES = new Set(['event_type', 'event_kind', 'message_kind']);

/** What is new in a callback: a trigger, a kind of event, a value or a field that nobody here has seen. Mostly nothing. */
export function driftsOf(callback: Callback): readonly Drift[] {
  const trigger = triggers.find(({ name }) => name === callback.trigger);
  const news = trigger ? [...newValues(callback, trigger), ...newFields(callback, trigger)] : newTrigger(callback);
  if (news.length === 0) return [];
  const shared = {
    day: new Date(callback.receivedAt).toISOString().slice(0, 10),
    trigger: callback.trigger,
    at: callback.receivedAt,
    callbackId: callback.id,
    fixture: fixtureOf(callback.envelope.body),
  };
  return news.map((found) => ({ ...shared, ...found }));
}

function newTrigger({ trigger, envelope }: Callback): readonly News[] {
  if (trigger !== UNKNOWN) return [];
  const keys = Object.keys(envelope.body).filter((key) => !ENVELOPE_FIELDS.includes(key));
  return [{ kind: 'trigger', name: keys.slice(0, 5).map(plain).join(', ') || '(no payload)', value: '' }];
}

function newValues(callback: Callback, trigger: Trigger): readonly News[] {
  const found: News[] = [];
  for (const [name, { known }] of Object.entries({ ...commonFacts, ...trigger.facts })) {
    if (!known) continue;
    const value = callback.fact(name, {});
    if (typeof value !== 'string' || known.includes(value)) continue;
    found.push({ kind: EVENT_TYPES.has(name) ? 'event type' : 'value', name, value: plain(value) });
  }
  return found;
}

function newFields({ envelope: { body } }: Callback, trigger: Trigger): readonly News[] {
  const fields = PAYLOAD_FIELDS[trigger.name];
  if (!fields) return [];
  const key = trigger.keys.find((name) => isRecord(body[name])) ?? '';
  return [...unseen(body, [...ENVELOPE_FIELDS, ...trigger.keys], ''), ...unseen(body[key], fields, `${key}.`)].map(
    (path) => ({ kind: 'field', name: path, value: '' }),
  );
}

/** Paths of fields that are not listed. RECORD_NOTIFICATION comes in camel case too. */
function unseen(object: unknown, fields: readonly string[], path: string): readonly string[] {
  if (!isRecord(object)) return [];
  return Object.entries(object).flatMap(([name, value]) => {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (!fields.includes(snake)) return [`${path}${plain(name)}`];
    const inner = path === '' || !Object.hasOwn(OBJECT_FIELDS, snake) ? undefined : OBJECT_FIELDS[snake];
    return inner ? unseen(value, inner, `${path}${name}.`) : [];
  });
}

/** A word as it is; what may be an address, a name or a sentence is not repeated. */
const plain = (text: string): string =>
  /^[\w.:+/-]{1,80}$/.test(text) && !/\d{6}/.test(text) ? text : '(not a plain word)';
