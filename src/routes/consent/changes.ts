import * as v from 'valibot';
import { Change, listChanges } from '../../api/consent/changes.ts';
import { time } from '../../api/operation.ts';
import type { FeedEntry } from '../../objects/changes/change.ts';
import { open } from '../../services.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';

const CURSOR = /^\w{8}-\d+$/;

/** `GET /v1/changes`: the feed of changes, for CRMs and mailing tools. */
export const changeRoutes = [
  route(listChanges, async (c) => {
    const { since, kinds, limit } = c.req.valid('query');
    const { objects, now } = open(c.env);
    const after = since !== undefined && CURSOR.test(since) ? since : undefined;
    const { changes, ...page } = await objects.changes.read({
      ...{ after, kinds, limit },
      since: after === undefined ? momentOf(since, now()) : undefined,
    });
    return c.json({ changes: changes.map(shown), ...page });
  }),
];

const shown = ({ id, kind, at, recordedAt, data }: FeedEntry): Change =>
  v.parse(Change, {
    ...JSON.parse(data),
    ...{ id, kind, at: time(at), recorded_at: time(recordedAt) },
  });
