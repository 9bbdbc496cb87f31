import type { Address } from '../callbacks/trigger.ts';
import type { Entities } from '../entities/index.ts';
import { AppError } from '../errors.ts';
import { mayPassLater, retryAfterOf } from '../outbound.ts';

/** The largest file that is copied: 100 MiB. */
const MOST_BYTES = 104_857_600;

/** How long the whole copy may take, in milliseconds. */
const TIMEOUT = 120_000;

/** Copies of recordings and media in R2. */
export interface Archive {
  /** Streams a file to R2 under a key, once. @throws AppError `destination_refused`, `destination_unavailable` */
  readonly keep: (url: string, key: string, address: Address | undefined) => Promise<string>;
}

/** Opens the archive. `hosts`: the only hosts, with their subdomains, that files are fetched from. */
export function openArchive(
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
  { personOf }: Pick<Entities['recipients'], 'personOf'>,
  hosts: readonly string[],
  now: () => number,
): Archive {
  return {
    async keep(url, key, address) {
      const held = await ARCHIVE.head(key);
      if (!held) await copy(url, key, hosts, ARCHIVE, now());
      const object = held ?? (await ARCHIVE.head(key));
      if (!object) throw new AppError('destination_unavailable', `archive: ${key} was not stored`);
      await DB.prepare(
        'INSERT INTO archived (key, at, person, bytes, checksum, type) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
      )
        .bind(
          key,
          now(),
          address ? await personOf(address) : null,
          object.size,
          object.etag,
          object.httpMetadata?.contentType ?? '',
        )
        .run();
      return `${held ? 'already kept' : 'kept'} as ${key} (${object.size} bytes)`;
    },
  };
}

async function copy(url: string, key: string, hosts: readonly string[], bucket: R2Bucket, now: number): Promise<void> {
  const from = allowed(url, hosts);
  let response: Response;
  try {
    response = await fetch(from, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
  } catch {
    throw new AppError('destination_unavailable', `archive: ${from.hostname} did not answer`);
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new AppError(
      mayPassLater(response.status) ? 'destination_unavailable' : 'destination_refused',
      `archive: ${from.hostname} answered ${response.status}`,
      {
        retryAfter: retryAfterOf(response.headers, now),
      },
    );
  }
  await store(response, key, from.hostname, bucket);
}

/** R2 wants to know the length beforehand; where the host does not say it, the file is read whole, up to the cap. */
async function store(response: Response, key: string, host: string, bucket: R2Bucket): Promise<void> {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  if (length > MOST_BYTES) {
    await response.body?.cancel();
    throw new AppError('destination_refused', `archive: ${length} bytes, at most ${MOST_BYTES} are copied`);
  }
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  if (!/^(audio|video|image|application|text)\//.test(type))
    throw new AppError('destination_refused', `archive: ${host} sent ${type}, which is no file`);
  const options = { httpMetadata: { contentType: type } };
  try {
    if (Number.isNaN(length)) {
      const bytes = await response.arrayBuffer();
      if (bytes.byteLength > MOST_BYTES)
        throw new AppError('destination_refused', `archive: more than ${MOST_BYTES} bytes`);
      await bucket.put(key, bytes, options);
    } else {
      await bucket.put(key, response.body, options);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('destination_unavailable', `archive: the file from ${host} broke off`);
  }
}

/** The address, if it is https and its host is listed (or below a listed one). Plain http is for this machine alone. */
function allowed(url: string, hosts: readonly string[]): URL {
  const from = URL.canParse(url) ? new URL(url) : undefined;
  const local = from?.protocol === 'http:' && from.hostname === '127.0.0.1';
  const listed = hosts.some((host) => from?.hostname === host || from?.hostname.endsWith(`.${host}`));
  if (!from || !listed || !(from.protocol === 'https:' || local)) {
    throw new AppError(
      'destination_refused',
      `archive: ${from?.hostname ?? 'the address'} is not allowed: only https from ${hosts.join(', ')} (setting ARCHIVE_HOSTS)`,
    );
  }
  return from;
}
