import { erase, listErasures } from '../api/erase.ts';
import { time } from '../api/operation.ts';
import { open } from '../services.ts';
import { openErasures } from '../stores/erasure/erasures.ts';
import { route } from './route.ts';
import { onRecord } from './token.ts';

/** The number of erasures in the list. */
const LISTED = 200;

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
    const addresses = channel && identity ? [{ channel, identity, appId }] : [];
    const { contacts, now } = open(c.env);
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
