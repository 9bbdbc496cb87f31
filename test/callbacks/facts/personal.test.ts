import { expect, test } from 'vitest';
import { commonFacts } from '../../../src/callbacks/facts/common-facts.ts';
import { triggers } from '../../../src/callbacks/triggers/index.ts';

/** What identifies a person, or what a person or a customer wrote: it is hashed, encrypted or left out wherever it would be stored. */
const PERSONAL = `
  batch_metadata comment_text comment_user commented_on contact_id contact_metadata contact_metadata_json conversation_id
  conversation_metadata conversation_metadata_json correlation_id deleted_contact_id display_name duplicate_contact_ids
  duplicate_identities email external_id identity keyword media_url metadata metadata_json opt_error own_text payload
  payment_reference_id payment_transaction_id picture_texts preserved_contact_id previous_contact_metadata_json
  reaction_emoji reason_description recipient_identities recording_url shortlink_payload shortlink_ref shortlink_source
  shortlink_title text`
  .trim()
  .split(/\s+/);

test('the facts that tell of a person are personal, at every trigger', () => {
  const all = [commonFacts, ...triggers.map(({ facts }) => facts)].flatMap((facts) =>
    Object.entries(facts),
  );
  const named = (personal: boolean): ReadonlySet<string> =>
    new Set(all.filter(([, fact]) => fact.personal === personal).map(([name]) => name));
  const personal = named(true);
  const open = named(false);
  expect(PERSONAL.filter((name) => !personal.has(name))).toEqual([]);
  expect(PERSONAL.filter((name) => open.has(name))).toEqual([]);
});
