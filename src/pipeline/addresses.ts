import * as v from 'valibot';
import type { Action } from '../actions/action.ts';
import type { Callback } from '../callbacks/callback.ts';
import { Address } from '../callbacks/model.ts';
import { AppError } from '../errors.ts';
import type { ContactNote, Effect } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { weightOf } from './message-size.ts';

/** More bytes of addresses than these travel by R2: a queue message may have 128 KB, and facts and texts take up to 72. */
const INLINE = 40_000;

/** So many addresses are always of interest to what names people; of more, those that it names. */
const FEW = 100;

/** How many addresses, and bytes, one note of contacts may have. */
const NOTE = { addresses: 200, bytes: 100_000 };

/** Every address that a callback tells of a contact. */
export const addressesTold = ({
  stateRecords,
}: Pick<Callback, 'stateRecords'>): readonly Address[] =>
  stateRecords.flatMap((memory) => (memory.kind === 'contact' ? memory.addresses : []));

/** The addresses that must travel with an effect of this action: in its message, or in R2 under the effect's own key. */
export async function addressesFor(
  { carriesAddresses }: Action,
  { key, params, facts }: Pick<Effect, 'key' | 'params' | 'facts'>,
  callback: Callback,
  { bodies }: Pick<Services, 'bodies'>,
): Promise<Effect['addresses']> {
  if (!carriesAddresses) return [];
  const told = addressesTold(callback);
  const addresses =
    carriesAddresses === 'named' && told.length > FEW ? namedIn([params, facts], told) : told;
  if (weightOf(addresses) <= INLINE) return [...addresses];
  const place = `bodies/${key}/addresses`;
  await bodies.keep(place, JSON.stringify(addresses));
  return { key: place };
}

function namedIn(words: unknown, addresses: readonly Address[]): readonly Address[] {
  const said = JSON.stringify(words);
  return addresses.filter(({ identity }) => said.includes(identity));
}

/** The addresses that travelled with an effect. @throws AppError `action_impossible` when R2 no longer has them */
export async function addressesIn(
  { addresses }: Pick<Effect, 'addresses'>,
  { bodies }: Pick<Services, 'bodies'>,
): Promise<readonly Address[]> {
  return readAddresses(addresses, bodies.read, (key) => {
    throw new AppError('action_impossible', `the addresses ${key} are no longer kept`);
  });
}

/** The same. @param read the text under a key in R2 @param gone what stands for them where it is no longer there */
export async function readAddresses(
  addresses: Effect['addresses'],
  read: Services['bodies']['read'],
  gone: (key: string) => readonly Address[],
): Promise<readonly Address[]> {
  if (!('key' in addresses)) return addresses;
  const text = await read(addresses.key);
  return text === undefined ? gone(addresses.key) : v.parse(v.array(Address), JSON.parse(text));
}

/** An effect has ended: its addresses wait nowhere any more. */
export async function dropAddresses(
  { addresses }: Pick<Effect, 'addresses'>,
  { bodies }: Pick<Services, 'bodies'>,
): Promise<void> {
  if ('key' in addresses) await bodies.drop(addresses.key);
}

/** What a callback tells of contacts, to be kept: in as many notes as it takes. What fits into none belongs to nobody: Sinch's ids are short. */
export function contactNotes(callback: Callback, rulebook: string): readonly ContactNote[] {
  const { id, trigger, envelope, eventTime: at, receivedAt } = callback;
  const by = { id, trigger, appId: envelope.appId.slice(0, 200), receivedAt, rulebook };
  const notes: ContactNote[] = [];
  let room = { addresses: 0, bytes: 0 };
  for (const memory of callback.stateRecords) {
    if (memory.kind !== 'contact') continue;
    const { contactId } = memory;
    for (const address of memory.addresses) {
      const bytes = weightOf({ contactId, addresses: [address] });
      if (bytes > NOTE.bytes) {
        console.warn({ event: 'contact.too-long', callback: id, bytes });
        continue;
      }
      if (room.addresses === 0 || room.bytes < bytes) {
        notes.push({ kind: 'contact', contacts: [], at, by });
        room = { ...NOTE };
      }
      const contacts = notes.at(-1)?.contacts;
      const last = contacts?.at(-1);
      if (last?.contactId === contactId) last.addresses.push(address);
      else contacts?.push({ contactId, addresses: [address] });
      room = { addresses: room.addresses - 1, bytes: room.bytes - bytes };
    }
  }
  return notes;
}
