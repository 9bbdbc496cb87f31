import { Hono } from 'hono/tiny';
import { Erasing } from '../api/erase.ts';
import { open } from '../wiring.ts';
import { accepts } from './accepts.ts';
import { needs, onRecord, type Secured } from './token.ts';

/** `POST /v1/erase`: removes a person's data from every store and reports it. */
export const eraseRoutes = new Hono<Secured>().post('/', needs('admin'), accepts(Erasing), async (c) => {
  const { contact_id: contactId, channel, identity, app_id: appId, by, why } = c.req.valid('json');
  const addresses = channel && identity ? [{ channel, identity, appId }] : [];
  const report = await open(c.env).contacts.erase(contactId, addresses);
  console.log({ event: 'person.erased', by: onRecord(by, c.var.caller), why, addresses: report.addresses });
  return c.json(report);
});
