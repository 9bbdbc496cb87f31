import * as v from 'valibot';
import { recheckGroups } from '../../alerts/alert-dispatcher.ts';
import { Silence as Stored } from '../../alerts/mute.ts';
import {
  endSilence,
  listSilences,
  type Silence,
  silenceAlerts,
} from '../../api/alerts/silences.ts';
import { time } from '../../api/operation.ts';
import { base32 } from '../../crypto/base32.ts';
import { AppError } from '../../errors.ts';
import { openAlertContext } from '../../pipeline/alert-context.ts';
import { milliseconds } from '../../rules/model/values.ts';
import { open } from '../../services.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

const shown = ({ until, at, ...silence }: Stored): Silence => ({
  ...silence,
  until: time(until),
  at: time(at),
});

/** `/v1/silences`: lists, adds and ends silences. */
export const silenceRoutes = [
  route(listSilences, async (c) => {
    const { objects, now } = open(c.env);
    const silences = v.parse(v.array(Stored), await objects.alerts.desk.silences(now()));
    return c.json({ silences: silences.map(shown) });
  }),
  route(silenceAlerts, async (c) => {
    const { objects, now } = open(c.env);
    const { match, until, for: span, reason, actor } = c.req.valid('json');
    const at = now();
    const end = span === undefined ? Date.parse(until ?? '') : at + milliseconds(span);
    if (!(end > at)) throw new AppError('bad_request', 'until: this time has passed');
    const who = actor === undefined ? c.var.caller.name : onRecord(actor, c.var.caller);
    const silence: Stored = {
      id: base32(crypto.getRandomValues(new Uint8Array(17))),
      ...{ match, until: end, reason, actor: who, at },
    };
    await objects.alerts.desk.silence(silence);
    // @event silence.set | A silence was set.
    console.log({ event: 'silence.set', silence: silence.id, actor: who, until: time(end) });
    return c.json(shown(silence), 201);
  }),
  route(endSilence, async (c) => {
    const services = open(c.env);
    const id = c.req.param('id');
    const muted = await services.objects.alerts.desk.unsilence(id);
    if (!muted) throw new AppError('not_found', `no silence is called "${id}"`);
    await recheckGroups(muted, await openAlertContext(services));
    // @event silence.ended | A silence was ended by hand.
    console.log({ event: 'silence.ended', silence: id, actor: c.var.caller.name });
    return c.json({ ended: id });
  }),
];
