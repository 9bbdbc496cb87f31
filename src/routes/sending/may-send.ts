import { maySend as maySendOperation } from '../../api/sending/may-send.ts';
import { maySend } from '../../sending/may-send.ts';
import { open } from '../../services.ts';
import { route } from '../route.ts';

/** `POST /v1/may-send`: whether each recipient may receive a message, and how fast. Unreadable consent is not allowed. */
export const maySendRoutes = [
  route(maySendOperation, async (c) => {
    const { objects, now, settings } = open(c.env);
    const { recipients } = c.req.valid('json');
    return c.json(
      await maySend(recipients, c.req.valid('query').consistency, {
        objects,
        now,
        kv: c.env.KV,
        country: settings.defaultCountry,
        maxAge: settings.capabilityMaxAge,
      }),
    );
  }),
];
