import { AppError, messageOf } from '../errors.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { Bundle } from './bundled.ts';
import { readCanonical } from './canonical.ts';
import { type LoadContext, type LoadedRulebook, loadRulebook } from './load-rulebook.ts';

/** A pointer older than this, in milliseconds, is read again before a decision. */
const POINTER_AGE = 30_000;
/** The delay before the next read after a failure, in milliseconds. */
const RETRY = 5_000;
/** The timeout of a read, in milliseconds. */
const PATIENCE = 2_000;

/** Which rulebook is active, according to the Durable Object that stores it. */
export interface RulebookPointer {
  /** Increases with every change. An answer with a lower number is ignored. */
  readonly seq: number;
  /** `null`: the bundled one. */
  readonly version: string | null;
  /** The previously active version; `null`: the bundled one. */
  readonly before: string | null;
  /** A version that is evaluated in shadow, without running actions. */
  readonly shadow: string | null;
  /** Whether this deployment's bundle is stored, so that its decisions can be explained after the next deployment. */
  readonly bundleKept: boolean;
}

/** The source of rulebooks. */
export interface RulebookStore extends LoadContext {
  readonly bundle: Pick<Bundle, 'version' | 'source'>;
  readonly readPointer: (bundled: string) => Promise<RulebookPointer>;
  /** The stored text of a version. */
  readonly readBody: (version: string) => Promise<string | null>;
  readonly storeBundle: () => Promise<void>;
}

/** What an isolate caches between requests: the active rulebook, and the one in shadow. */
export interface RulebookCache {
  seq: number;
  /** Milliseconds since 1970. Afterwards the pointer is read again. */
  freshUntil: number;
  book?: LoadedRulebook;
  shadow?: LoadedRulebook | undefined;
  /** A rulebook that is being compiled. */
  opened?: { readonly version: string; readonly book: Promise<LoadedRulebook> } | undefined;
  /** The problems for `/healthz`. */
  problems: readonly string[];
}

/** Returns an empty cache. */
export const emptyRulebookCache = (): RulebookCache => ({
  seq: -1,
  freshUntil: Number.NEGATIVE_INFINITY,
  problems: [],
});

/** The active rulebooks. */
export interface ActiveRulebook {
  /** Returns the active rulebook. If it cannot be loaded, the last good one stays active; throws only if the bundled one cannot be loaded either. */
  readonly current: () => Promise<LoadedRulebook>;
  /** Returns the rulebook in shadow, as of the last call of `current`. */
  readonly shadow: () => LoadedRulebook | undefined;
  /** Returns a stored version. @throws AppError `not_found`, `rule_invalid` */
  readonly of: (version: string) => Promise<LoadedRulebook>;
  readonly problems: () => readonly string[];
  /** Makes the next call of `current` read the pointer again, after a change in this isolate. */
  readonly invalidate: () => void;
}

/** Opens the active rulebooks with the cache of an isolate. `now` in milliseconds. */
export function openActiveRulebook(
  memory: RulebookCache,
  store: RulebookStore,
  now: () => number,
): ActiveRulebook {
  const { bundle } = store;
  const load = async (version: string): Promise<LoadedRulebook> => {
    if (version === memory.book?.version) return memory.book;
    const source = version === bundle.version ? bundle.source : await sourceOf(version, store);
    if (version === memory.book?.version) return memory.book;
    // Requests that came meanwhile share what the first of them makes ready: it is pure, and belongs to none of them.
    if (memory.opened?.version !== version)
      memory.opened = { version, book: loadRulebook({ version, source }, store, now()) };
    return memory.opened.book;
  };
  const bundled = (): Promise<LoadedRulebook> => load(bundle.version);

  async function refresh(): Promise<LoadedRulebook> {
    const at = now();
    let pointer: RulebookPointer;
    try {
      pointer = await withTimeout(PATIENCE, store.readPointer(bundle.version));
    } catch (error) {
      const book = memory.book ?? (await bundled());
      remember(book, memory.shadow, memory.seq, at + RETRY, [
        `which rulebook is in force cannot be asked (${messageOf(error)}): ${nameOf(book, bundle)} decides`,
      ]);
      return book;
    }
    if (!pointer.bundleKept) await store.storeBundle().catch(report);
    const wanted = pointer.version ?? bundle.version;
    const { book, problems } = await bestOf(wanted, pointer.before ?? bundle.version);
    const tried = await shadowOf(pointer.shadow);
    const all = [...problems, ...tried.problems];
    // Another request may have read a newer pointer meanwhile.
    if (pointer.seq < memory.seq && memory.book) return memory.book;
    remember(book, tried.book, pointer.seq, at + (all.length > 0 ? RETRY : POINTER_AGE), all);
    return book;
  }

  function remember(
    book: LoadedRulebook,
    shadow: LoadedRulebook | undefined,
    seq: number,
    freshUntil: number,
    problems: readonly string[],
  ) {
    Object.assign(memory, { book, shadow, seq, freshUntil, problems, opened: undefined });
  }

  /** Loads the wanted version; if that fails, the last good one in memory, the previous one, or the bundled one. */
  async function bestOf(
    wanted: string,
    before: string,
  ): Promise<{ book: LoadedRulebook; problems: readonly string[] }> {
    try {
      return { book: await load(wanted), problems: [] };
    } catch (error) {
      const book = memory.book ?? (await load(before).catch(bundled));
      const problems = [
        `rulebook ${wanted}: ${messageOf(error)}: ${nameOf(book, bundle)} decides instead`,
      ];
      return { book, problems };
    }
  }

  async function shadowOf(
    version: string | null,
  ): Promise<{ book: LoadedRulebook | undefined; problems: readonly string[] }> {
    if (version === null) return { book: undefined, problems: [] };
    if (version === memory.shadow?.version) return { book: memory.shadow, problems: [] };
    try {
      return { book: await load(version), problems: [] };
    } catch (error) {
      return { book: undefined, problems: [`rulebook ${version} in shadow: ${messageOf(error)}`] };
    }
  }

  const current = async (): Promise<LoadedRulebook> =>
    memory.book && now() <= memory.freshUntil ? memory.book : refresh();
  return {
    current,
    shadow: () => memory.shadow,
    of: async (version) => {
      const known = [memory.book, memory.shadow].find((book) => book?.version === version);
      if (known) return known;
      const source = version === bundle.version ? bundle.source : await sourceOf(version, store);
      return loadRulebook({ version, source }, store, now());
    },
    problems: () => memory.problems,
    invalidate: () => {
      memory.freshUntil = Number.NEGATIVE_INFINITY;
    },
  };
}

async function sourceOf(version: string, { readBody }: RulebookStore): Promise<RulebookSource> {
  const text = await readBody(version);
  if (text === null) throw new AppError('not_found', `the rulebook ${version} is not kept`);
  return readCanonical(version, text);
}

const nameOf = ({ version }: LoadedRulebook, bundle: Pick<Bundle, 'version'>): string =>
  version === bundle.version ? 'the bundled one' : `the last good one, ${version},`;

const report = (error: unknown): void =>
  console.error({ event: 'rulebook.not-kept', message: messageOf(error) });
