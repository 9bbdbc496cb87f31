import * as v from 'valibot';
import { listRecordings, type Recording, readRecording } from '../../api/operating/recordings.ts';
import { time } from '../../api/operation.ts';
import { base64OfHex } from '../../crypto/encode-hex.ts';
import { AppError } from '../../errors.ts';
import { readSettings } from '../../settings/settings.ts';
import { route } from '../route.ts';

const Row = v.object({
  key: v.string(),
  at: v.number(),
  bytes: v.number(),
  type: v.string(),
  sha256: v.string(),
});

/** `/v1/recordings`: lists stored recordings and media, and returns a file. */
export const recordingRoutes = [
  route(listRecordings, async (c) => {
    const { limit, after } = c.req.valid('query');
    const rows = await c.env.DB.prepare(
      'SELECT key, at, bytes, type, sha256 FROM archived WHERE key > ? AND sha256 IS NOT NULL ORDER BY key LIMIT ?',
    )
      .bind(after, limit)
      .all();
    const { recordingRetention } = readSettings(c.env);
    const recordings = v.parse(v.array(Row), rows.results).map(
      (row): Recording => ({
        ...row,
        at: time(row.at),
        until: time(row.at + recordingRetention),
      }),
    );
    return c.json({
      recordings,
      next: recordings.length === limit ? (recordings.at(-1)?.key ?? null) : null,
    });
  }),
  route(readRecording, async (c) => {
    const { kind, name } = c.req.param();
    const key = `${kind}/${name}`;
    const object = await c.env.ARCHIVE.get(key);
    if (!object) throw new AppError('not_found', `no ${kind} are kept as "${name}"`);
    // The file is of unknown origin, so a browser must download it and never display it.
    const headers = new Headers({ 'content-disposition': 'attachment', etag: object.httpEtag });
    headers.set('content-type', object.httpMetadata?.contentType ?? 'application/octet-stream');
    const row = await c.env.DB.prepare(
      'SELECT at, sha256 FROM archived WHERE key = ? AND sha256 IS NOT NULL',
    )
      .bind(key)
      .first<{ at: number; sha256: string }>();
    if (row) {
      headers.set('repr-digest', `sha-256=:${base64OfHex(row.sha256)}:`);
      headers.set(
        'sunset',
        new Date(row.at + readSettings(c.env).recordingRetention).toUTCString(),
      );
    }
    return new Response(object.body, { headers });
  }),
];
