import * as v from 'valibot';
import type { DataKey } from '../../crypto/data-key.ts';
import { journalKeys } from '../../journal/people-keys.ts';
import { backupFiles } from '../consent-backups/consent-backup.ts';
import { deadLetterWork } from '../dead-letters.ts';
import { contactAddresses } from '../erasure/contacts.ts';
import { heldWork } from '../held/held.ts';
import { reviewDetails } from '../reviews.ts';
import { unsupportedBodies } from '../unsupported.ts';
import { type SealedStore, sealedColumn, sealedFiles } from './sealed.ts';

/** How many records one step reads, and how many one night re-encrypts or passes over: within the limits of one invocation. */
const STEP = 100;
const NIGHT = 5_000;

/** A pass begins at least so long (ms) after the one before: a Worker of the old version may still write for a while. */
const BETWEEN = 20 * 3_600_000;
/** How many passes find every record: the second one what was written with the older key during the first. */
const PASSES = 2;

/** How far the re-encryption with a key has come. `store`: the number of the store in progress. */
const Progress = v.object({
  newest: v.string(),
  passes: v.number(),
  store: v.number(),
  after: v.optional(v.string()),
  begun: v.number(),
});

/**
 * Puts every stored text under the newest key of DATA_KEYS, some thousands a night, and continues where the last night ended. What it
 * does not reach expires: submitted messages, the callbacks of thresholds, queues, the token of Sinch.
 *
 * @storage KV keys:re-encrypted | the id of the newest key of `DATA_KEYS`, and how far stored texts
 *   are re-encrypted with it; no key | the nightly run | the nightly run | not limited
 */
export async function reEncryptStored(
  env: Pick<Env, 'DB' | 'JOURNAL_DB' | 'ARCHIVE' | 'KV'>,
  dataKey: DataKey,
  now: number,
): Promise<void> {
  const { newest } = dataKey;
  const read = v.safeParse(Progress, await env.KV.get(KEY, 'json'));
  const start = { newest, passes: 0, store: 0, begun: now };
  let progress = read.success ? read.output : undefined;
  // A deployment that never rotated has one key, and nothing to do.
  if (!progress && newest === FIRST) return;
  if (progress?.newest !== newest) progress = start;
  if (progress.passes >= PASSES) return;
  if (progress.store === 0 && progress.passes > 0 && now - progress.begun < BETWEEN) return;
  const run = { progress, done: 0, lost: 0 };
  try {
    await advance(run, storesOf(env), dataKey, now);
  } finally {
    await env.KV.put(KEY, JSON.stringify(run.progress));
    // @event keys.re-encrypted | Stored texts were put under the newest key of DATA_KEYS. `passes`:
    //   2 when all are; `lost`: texts that no key decrypts.
    console.log({
      event: 'keys.re-encrypted',
      records: run.done,
      lost: run.lost,
      passes: run.progress.passes,
    });
  }
}

const KEY = 'keys:re-encrypted';
/** The id of the key that is derived from DATA_KEY. */
const FIRST = '1';

/** Every store of encrypted texts that outlive some days. */
const storesOf = ({
  DB,
  JOURNAL_DB,
  ARCHIVE,
}: Pick<Env, 'DB' | 'JOURNAL_DB' | 'ARCHIVE'>): readonly SealedStore[] => [
  ...[deadLetterWork, heldWork, reviewDetails, contactAddresses, unsupportedBodies].map((one) =>
    sealedColumn(DB, one),
  ),
  sealedFiles(ARCHIVE, backupFiles.prefix, backupFiles.isSealed),
  // Last: a journal that is away must not keep the rest from being re-encrypted.
  sealedColumn(JOURNAL_DB, journalKeys),
];

type Progress = v.InferOutput<typeof Progress>;

/** Re-encrypts as much as a night may. `run` states how far it came, also if it fails. */
async function advance(
  run: { progress: Progress; done: number; lost: number },
  stores: readonly SealedStore[],
  dataKey: DataKey,
  now: number,
): Promise<void> {
  const { progress: from } = run;
  if (from.store === 0 && from.after === undefined) run.progress = { ...from, begun: now };
  for (let left = NIGHT; left > 0; left -= STEP) {
    const { after, ...rest } = run.progress;
    const store = stores[rest.store];
    if (!store) {
      run.progress = { ...rest, store: 0, passes: rest.passes + 1 };
      return;
    }
    const { done, lost, next } = await store.reEncrypt(dataKey, after, STEP);
    run.done += done;
    run.lost += lost;
    run.progress =
      next === undefined ? { ...rest, store: rest.store + 1 } : { ...rest, after: next };
  }
}
