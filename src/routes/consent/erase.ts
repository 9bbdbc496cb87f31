import { erase, listErasures } from '../../api/consent/erase.ts';
import { time } from '../../api/operation.ts';
import type { Address } from '../../callbacks/model.ts';
import { AppError } from '../../errors.ts';
import { hashPeople } from '../../pipeline/people.ts';
import { readAddress } from '../../sending/address.ts';
import { open } from '../../services.ts';
import { openErasures } from '../../stores/erasure/erasures.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

/** Returns an address as it is stored. One that cannot be read is erased as it is written: a callback may have had it so. */
function asRead(address: Address, country: string | undefined): Address {
  const read = readAddress(address, { anyChannel: true, country });
  return 'wrong' in read ? address : read;
}

/** `/v1/erase` and `/v1/erasures`: erases the data of a person in every store and reports it; lists erasures. */
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
    const { contacts, settings } = open(c.env);
    const addresses =
      channel && identity ? [asRead({ channel, identity, appId }, settings.defaultCountry)] : [];
    const named = onRecord(actor, c.var.caller);
    return c.json(
      await contacts.erase(contactId, addresses, { source: 'request', actor: named, reason }),
    );
  }),
  route(listErasures, async (c) => {
    const { now, settings, dataKey, objects } = open(c.env);
    const { cursor, limit, since, until, source, state, rule, ...whom } = c.req.valid('query');
    const { contact_id: contactId, channel, identity, app_id: appId = '' } = whom;
    if ((channel === undefined) !== (identity === undefined))
      throw new AppError('bad_request', 'expected channel and identity together');
    const addresses =
      channel && identity ? [asRead({ channel, identity, appId }, settings.defaultCountry)] : [];
    const subjects = await hashPeople(addresses, contactId, { objects, dataKey });
    const { rows, next } = await openErasures(c.env.DB).list(
      {
        ...{ source, state, rule, since: momentOf(since, now()), until: momentOf(until, now()) },
        subjects: subjects.length > 0 ? subjects : undefined,
      },
      limit,
      cursor,
    );
    return c.json({
      erasures: rows.map(({ at, ended_at: endedAt, callback_id: decisionId, ...row }) => ({
        ...row,
        at: time(at),
        ended_at: endedAt === null ? null : time(endedAt),
        decision_id: decisionId,
      })),
      next: next ?? null,
    });
  }),
];
