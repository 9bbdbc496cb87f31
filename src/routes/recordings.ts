import { Hono } from 'hono';
import * as v from 'valibot';
import { time } from '../api/operation.ts';
import { type Recording, RecordingsQuery } from '../api/recordings.ts';
import { AppError } from '../errors.ts';
import { asks } from './accepts.ts';
import { needs, type Secured } from './token.ts';

const Row = v.object({ key: v.string(), at: v.number(), bytes: v.number(), type: v.string(), checksum: v.string() });

/** `/v1/recordings`: what `archive` copied, and each file. */
export const recordingRoutes = new Hono<Secured>()
  .get('/', needs('read'), asks(RecordingsQuery), async (c) => {
    const { limit, after } = c.req.valid('query');
    const rows = await c.env.DB.prepare(
      'SELECT key, at, bytes, type, checksum FROM archived WHERE key > ? ORDER BY key LIMIT ?',
    )
      .bind(after, limit)
      .all();
    const recordings = v.parse(v.array(Row), rows.results).map((row): Recording => ({ ...row, at: time(row.at) }));
    return c.json({ recordings, next: recordings.length === limit ? (recordings.at(-1)?.key ?? null) : null });
  })
  .get('/:kind{recordings|media}/:name', needs('admin'), async (c) => {
    const { kind, name } = c.req.param();
    const object = await c.env.ARCHIVE.get(`${kind}/${name}`);
    if (!object) throw new AppError('not_found', `no ${kind} are kept as "${name}"`);
    // It came from a stranger: it is handed out as a file, never shown.
    const headers = new Headers({ 'content-disposition': 'attachment', etag: object.httpEtag });
    headers.set('content-type', object.httpMetadata?.contentType ?? 'application/octet-stream');
    return new Response(object.body, { headers });
  });
