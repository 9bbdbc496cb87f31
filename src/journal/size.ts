/** Above this share of the limit, `/healthz` states a problem. */
const WARNING = 0.7;
/** Above this share the oldest records leave before their time, except proofs of consent. */
const TRIM = 0.85;
/** Above these shares records are dropped, so that the limit is never reached: first those that are no proof of consent. */
const DROP = { callback: 0.9, all: 0.97 } as const;

/** The size of the journal. */
export interface JournalSize {
  readonly bytes: number;
  /** Of the limit, from 0 to 1. */
  readonly share: number;
}

/** Returns the size of the journal, which D1 states in every response. @param limit setting `JOURNAL_MAX_BYTES` */
export async function readSize(DB: D1Database, limit: number): Promise<JournalSize> {
  const { meta } = await DB.prepare('SELECT 1').run();
  return { bytes: meta.size_after, share: meta.size_after / limit };
}

/** Returns the problem of a journal that is nearly full, for `/healthz`. */
export const sizeProblem = ({ share }: JournalSize): string | undefined =>
  share < WARNING
    ? undefined
    : `the journal fills ${Math.floor(share * 100)} % of its database; the oldest records leave early from ${TRIM * 100} % on: lower JOURNAL_RETENTION, or set JOURNAL=acted`;

/** Returns whether the oldest records leave before their time, so that the newest have room. */
export const isTrimmed = ({ share }: JournalSize): boolean => share >= TRIM;

/** Returns whether a record of a class is still written. Outcomes of actions count as `callback`. */
export const isWritten = (kept: string, { share }: JournalSize): boolean =>
  share < (kept === 'consent' ? DROP.all : DROP.callback);
