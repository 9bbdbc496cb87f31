import { erase, listErasures } from '../api/erase.ts';
import { time } from '../api/operation.ts';
import type { Address } from '../callbacks/model.ts';
import { readAddress } from '../sending/address.ts';
import { open } from '../services.ts';
import { openErasures } from '../stores/erasure/erasures.ts';
import { route } from './route.ts';
import { onRecord } from './token.ts';

/** The number of erasures in the list. */
const LISTED = 200;

/** Returns an address as it is stored. One that cannot be read is erased as it is written: a callback may have had it so. */
function asRead(address: Address, country: string | undefined): Address {
  const read = readAddress(address, { anyChannel: true, country });
  return 'wrong' in read ? address : read;
}

/** `/v1/erase`: erases the data of a person in every store and reports it; lists erasures with actor and reason. */
export const eraseRoutes = [
  route(erase, async (c) => {
    const {
      contact_id: contactId,
      channel,
      identity,
      app_id: appId,
      actor,
      reason,
    } = c.req.valid('json');
    const { contacts, now, settings } = open(c.env);
    const addresses =
      channel && identity ? [asRead({ channel, identity, appId }, settings.defaultCountry)] : [];
    const erasures = openErasures(c.env.DB);
    const named = { contactId, identity: channel && identity };
    const id = await erasures.begin(named, onRecord(actor, c.var.caller), reason, now());
    const report = await contacts.erase(contactId, addresses);
    const removed = report.stores.reduce((sum, store) => sum + store.removed, 0);
    await erasures.end(id, report.addresses, removed);
    // @event person.erased | The data of a person was removed from every store.
    console.log({ event: 'person.erased', id, addresses: report.addresses, removed });
    return c.json(report);
  }),
  route(listErasures, async (c) => {
    const rows = await openErasures(c.env.DB).list(LISTED);
    const erasures = rows.map(({ at, id: _, decided_by: actor, ...row }) => ({
      ...row,
      at: time(at),
      actor,
    }));
    return c.json({ erasures });
  }),
];
