import * as v from 'valibot';
import { AddressShape, type Effect } from '../actions/effect.ts';
import { hashContact, peopleIn } from '../actions/people.ts';
import { readCallback } from '../callbacks/callback.ts';
import { addressOf } from '../callbacks/parts.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';

/** What may lie in R2 because it is too large for a queue. */
const Elsewhere = v.object({ key: v.string() });
const Addresses = v.array(AddressShape);

interface House {
  readonly entities: Entities;
  readonly dataKey: DataKey;
  readonly ARCHIVE: Pick<R2Bucket, 'get'>;
}

/**
 * Keyed hashes of everybody that held work names, so that an erasure finds it: the callback's person and contact, the addresses
 * and contacts that travel along, and all whom the body names where it is to be forwarded.
 */
export async function everybodyIn(effect: Effect, house: House): Promise<readonly string[]> {
  const { subject, facts } = effect;
  const own = addressOf(subject, subject.appId);
  const named = Object.entries(facts).flatMap(([name, value]) => (/contact_ids?$/.test(name) ? value : []));
  const told = await inBody(effect, house);
  const contacts = [...named.filter((id) => typeof id === 'string'), ...told.contacts];
  const addresses = [...(own ? [own] : []), ...(await inMessage(effect, house)), ...told.addresses];
  const people = await peopleIn(addresses, subject.contactId, house);
  return [...new Set([...people, ...contacts.map((id) => hashContact(id, house.dataKey))])];
}

/** Where in R2 lies what belongs to an effect. */
export function placesOf(effect: Effect): string[] {
  const found = [effect.body, effect.addresses].map((part) => v.safeParse(Elsewhere, part));
  return found.flatMap(({ success, output }) => (success ? Object.values(output) : []));
}

async function inMessage({ addresses }: Effect, { ARCHIVE }: House): Promise<readonly Address[]> {
  const elsewhere = v.safeParse(Elsewhere, addresses);
  if (!elsewhere.success) return v.parse(Addresses, addresses);
  return v.parse(Addresses, JSON.parse((await (await ARCHIVE.get(elsewhere.output.key))?.text()) ?? '[]'));
}

async function inBody(
  { body, subject }: Effect,
  { ARCHIVE }: House,
): Promise<{ readonly addresses: readonly Address[]; readonly contacts: readonly string[] }> {
  const text = body && ('text' in body ? body.text : await (await ARCHIVE.get(body.key))?.text());
  if (text === undefined) return { addresses: [], contacts: [] };
  const { memories } = await readCallback(new TextEncoder().encode(text), subject.receivedAt);
  const contacts = memories.filter((memory) => memory.kind === 'contact');
  return {
    addresses: contacts.flatMap((memory) => memory.addresses),
    contacts: contacts.map(({ contactId }) => contactId),
  };
}
