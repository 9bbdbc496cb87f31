import { AppError, messageOf } from '../errors.ts';
import { within } from '../outbound/timeout.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { Bundle } from './bundled.ts';
import { readCanonical } from './canonical.ts';
import { type LoadContext, type LoadedRulebook, loadRulebook } from './load-rulebook.ts';

/** A pointer older than this, in milliseconds, is asked anew before anything is decided. */
const POINTER_AGE = 30_000;
/** After a failure it is asked anew after this long. */
const RETRY = 5_000;
/** How long an answer is waited for. */
const PATIENCE = 2_000;

/** Which rulebook is in force, as the one place that knows it says. */
export interface RulebookPointer {
  /** Grows with every change: an older answer that comes later changes nothing. */
  readonly seq: number;
  /** `null`: the bundled one. */
  readonly version: string | null;
  /** The one in force before; `null`: the bundled one. */
  readonly before: string | null;
  /** A rulebook that decides beside it and does nothing. */
  readonly shadow: string | null;
  /** Whether this deployment's bundle is kept, so that its decisions can be explained when it is gone. */
  readonly bundleKept: boolean;
}

/** Where rulebooks come from. */
export interface RulebookStore extends LoadContext {
  readonly bundle: Bundle;
  readonly readPointer: (bundled: string) => Promise<RulebookPointer>;
  /** The stored text of a version. */
  readonly readBody: (version: string) => Promise<string | null>;
  readonly storeBundle: () => Promise<void>;
}

/** What an isolate remembers between requests: one compiled rulebook, and one more while another is tried in shadow. */
export interface RulebookCache {
  seq: number;
  /** Milliseconds since 1970; the pointer is asked anew after it. */
  freshUntil: number;
  book?: LoadedRulebook;
  shadow?: LoadedRulebook | undefined;
  /** Being made ready, and not yet in force. */
  opened?: { readonly version: string; readonly book: Promise<LoadedRulebook> } | undefined;
  /** What `/healthz` says. */
  problems: readonly string[];
}

/** An isolate's memory before it has asked anything. */
export const emptyRulebookCache = (): RulebookCache => ({
  seq: -1,
  freshUntil: Number.NEGATIVE_INFINITY,
  problems: [],
});

/** The rulebooks that decide now. */
export interface ActiveRulebook {
  /** Never throws as long as the bundled rules can be read: what is broken or missing leaves the last good one in force. */
  readonly current: () => Promise<LoadedRulebook>;
  /** The rulebook that is tried in shadow, if any, as it was when `book` was asked last. */
  readonly shadow: () => LoadedRulebook | undefined;
  /** A rulebook of the past. @throws AppError `not_found`, `rule_invalid` */
  readonly of: (version: string) => Promise<LoadedRulebook>;
  readonly problems: () => readonly string[];
  /** The pointer counts as old from now on: somebody here has just changed it. */
  readonly invalidate: () => void;
}

/** Opens the rulebooks in force over an isolate's memory. `now` in milliseconds. */
export function openActiveRulebook(
  memory: RulebookCache,
  shelf: RulebookStore,
  now: () => number,
): ActiveRulebook {
  const { bundle } = shelf;
  const load = async (version: string): Promise<LoadedRulebook> => {
    if (version === memory.book?.version) return memory.book;
    const source = version === bundle.version ? bundle.source : await sourceOf(version, shelf);
    if (version === memory.book?.version) return memory.book;
    // Requests that came meanwhile share what the first of them makes ready: it is pure, and belongs to none of them.
    if (memory.opened?.version !== version)
      memory.opened = { version, book: loadRulebook({ version, source }, shelf, now()) };
    return memory.opened.book;
  };
  const bundled = (): Promise<LoadedRulebook> => load(bundle.version);

  async function refresh(): Promise<LoadedRulebook> {
    const at = now();
    let pointer: RulebookPointer;
    try {
      pointer = await within(PATIENCE, shelf.readPointer(bundle.version));
    } catch (error) {
      const book = memory.book ?? (await bundled());
      remember(book, memory.shadow, memory.seq, at + RETRY, [
        `which rulebook is in force cannot be asked (${messageOf(error)}): ${nameOf(book, bundle)} decides`,
      ]);
      return book;
    }
    if (!pointer.bundleKept) await shelf.storeBundle().catch(report);
    const wanted = pointer.version ?? bundle.version;
    const { book, problems } = await bestOf(wanted, pointer.before ?? bundle.version);
    const tried = await shadowOf(pointer.shadow);
    const all = [...problems, ...tried.problems];
    // Another request may have heard of a newer change meanwhile.
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

  /** The wanted one; else the last good one in memory, else the one before, else the bundled one. */
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
      const source = version === bundle.version ? bundle.source : await sourceOf(version, shelf);
      return loadRulebook({ version, source }, shelf, now());
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

const nameOf = ({ version }: LoadedRulebook, bundle: Bundle): string =>
  version === bundle.version ? 'the bundled one' : `the last good one, ${version},`;

const report = (error: unknown): void =>
  console.error({ event: 'rulebook.not-kept', message: messageOf(error) });
