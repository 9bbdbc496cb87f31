import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import { factEntries, isCarried } from '../rules/model/facts.ts';
import { observeFacts } from '../rules/model/observed-facts.ts';
import { type FactUse, useOf } from '../rules/model/tree.ts';
import type { FactEntry } from '../rules/model/vocabulary.ts';
import type { KeptFacts } from './entry.ts';

/** Texts and lists that say nothing of a person: ids of things, codes, the sender's own affairs. Any other is never kept in clear. */
const IMPERSONAL = new Set(
  `trigger app_id project_id message_id sender_id event_id reply_to original_message_id request_id batch_id comment_id
   recording_id call_id entity_id reason_code reason_sub_code channel_code redaction_type reaction_category active_channel
   number_status display_name_status certificate_status account_status violation_type restriction_types template_name
   template_language template_status template_quality template_category messaging_limit news_reason unsupported_type
   meta_event language message_language document_type intent intents categories pii_types channels channel_priority
   duplicate_channels channel_capabilities shortlink_type batch_failure_reasons`.split(/\s+/),
);

/** Facts of which at most a hash is kept, said on purpose: a new fact must be placed here or above, or a test fails. */
export const PERSONAL: ReadonlySet<string> = new Set(
  `identity contact_id conversation_id metadata correlation_id payload text keyword media_url reason_description
   reaction_emoji comment_text comment_user commented_on payment_reference_id payment_transaction_id shortlink_payload
   shortlink_ref shortlink_source shortlink_title conversation_metadata conversation_metadata_json
   display_name email external_id contact_metadata deleted_contact_id preserved_contact_id duplicate_identities
   duplicate_contact_ids recipient_identities opt_error picture_texts recording_url batch_metadata`.split(
    /\s+/,
  ),
);

/** A longer text is no code and no name. */
const LONGEST = 200;

/** Whether a fact may be kept as it is: by its name, by its type, or because its values are a closed set of Sinch's own. */
export const isImpersonal = ({ name, type, known }: FactEntry): boolean =>
  !PERSONAL.has(name) &&
  (IMPERSONAL.has(name) ||
    known !== undefined ||
    type === 'number' ||
    type === 'boolean' ||
    type === 'time');

/** What is hashed of a fact: the same for equal values, whatever fact holds them. */
export const hashFact = (value: string, { hash }: Pick<DataKey, 'hash'>): string =>
  hash(`fact\n${value}`);

/**
 * What the journal keeps of a callback's facts: enough to say later why a rule did or did not fire.
 * @param recalled facts that our own state told when it was decided
 */
export async function keepFacts(
  callback: Callback,
  rulebook: Rulebook,
  recalled: Readonly<Record<string, FactValue>>,
  dataKey: Pick<DataKey, 'hash'>,
): Promise<KeptFacts> {
  const seen = observeFacts(callback, rulebook.lists, async (name) => recalled[name]);
  const clear: Record<string, unknown> = {};
  const short: [string, string][] = [];
  const withheld: string[] = [];
  const absent: string[] = [];
  const uses = [...factsOf(callback.trigger), ...pathsOf(rulebook, callback.trigger)];
  await seen.fetch(uses);
  for (const use of uses) {
    const value = readOf(() => seen.read(use));
    if (value === undefined) {
      if (use.path !== undefined) absent.push(use.key);
    } else if (
      isShort(value) &&
      (typeof value === 'boolean' || (use.path === undefined && isImpersonal(use.fact)))
    )
      clear[use.key] = value;
    else if (typeof value === 'string' && isShort(value)) short.push([use.key, value]);
    else withheld.push(use.key);
  }
  const hashed = Object.fromEntries(short.map(([key, value]) => [key, hashFact(value, dataKey)]));
  return { clear, hashed, withheld, absent };
}

/** A fact that cannot even be read is missing; that its rule erred is on record. */
function readOf(read: () => FactValue): FactValue {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isShort = (value: FactValue): boolean =>
  typeof value !== 'object' ? String(value).length <= LONGEST : isShortList(value);
const isShortList = (value: object): boolean =>
  Array.isArray(value) && JSON.stringify(value).length <= LONGEST;

const carried = new Map<string, readonly FactUse[]>();

/** The vocabulary of a trigger; `payload` stands for all and is kept by its paths. */
function factsOf(trigger: string): readonly FactUse[] {
  const known = carried.get(trigger);
  if (known) return known;
  const uses = factEntries()
    .filter((fact) => fact.name !== 'payload' && isCarried(fact, [trigger]))
    .map((fact) => useOf(fact));
  carried.set(trigger, uses);
  return uses;
}

const asked = new WeakMap<Rulebook, Map<string, readonly FactUse[]>>();

/** The fields that the rules on a trigger reach by a path. */
function pathsOf(rulebook: Rulebook, trigger: string): readonly FactUse[] {
  const ofRulebook = asked.get(rulebook) ?? new Map<string, readonly FactUse[]>();
  asked.set(rulebook, ofRulebook);
  const known = ofRulebook.get(trigger);
  if (known) return known;
  const uses = new Map<string, FactUse>();
  for (const rule of rulebook.rules) {
    if (!rule.on.includes(trigger)) continue;
    for (const use of rule.uses) if (use.path !== undefined) uses.set(use.key, use);
  }
  const found = [...uses.values()];
  ofRulebook.set(trigger, found);
  return found;
}
