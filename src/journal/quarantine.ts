import { stableId } from '../callbacks/stable-id.ts';
import { codeOf, messageOf } from '../errors.ts';

/** Keeps a signed body that cannot be read: the body in R2, a row in D1. The same body again only counts up. Returns its id. */
export async function quarantine(
  body: Uint8Array<ArrayBuffer>,
  error: unknown,
  at: number,
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
): Promise<string> {
  const id = await stableId(['quarantine'], body);
  await ARCHIVE.put(`quarantine/${id}`, body);
  await DB.prepare(
    'INSERT INTO quarantine (id, at, code, reason, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET times = times + 1, at = excluded.at',
  )
    .bind(id, at, codeOf(error), messageOf(error), body.byteLength)
    .run();
  return id;
}
