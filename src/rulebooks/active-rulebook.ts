import { AppError, messageOf } from '../errors.ts';
import { withTimeout } from '../outbound/timeout.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { Bundle } from './bundled.ts';
import { unseal } from './canonical.ts';
import { type Book, type Maker, openBook } from './load-rulebook.ts';

/** A pointer older than this, in milliseconds, is asked anew before anything is decided. */
const POINTER_AGE = 30_000;
/** After a failure it is asked anew after this long. */
const RETRY = 5_000;
/** How long an answer is waited for. */
const PATIENCE = 2_000;

/** Which rulebook is in force, as the one place that knows it says. */
export interface Pointer {
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
export interface Shelf extends Maker {
  readonly bundle: Pick<Bundle, 'version' | 'source'>;
  readonly ask: (bundled: string) => Promise<Pointer>;
  /** The stored text of a version. */
  readonly body: (version: string) => Promise<string | null>;
  readonly keepBundle: () => Promise<void>;
}

/** What an isolate remembers between requests: one compiled rulebook, and one more while another is tried in shadow. */
export interface Memory {
  seq: number;
  /** Milliseconds since 1970; the pointer is asked anew after it. */
  freshUntil: number;
  book?: Book;
  shadow?: Book | undefined;
  /** Being made ready, and not yet in force. */
  opened?: { readonly version: string; readonly book: Promise<Book> } | undefined;
  /** What `/healthz` says. */
  troubles: readonly string[];
}

/** An isolate's memory before it has asked anything. */
export const emptyMemory = (): Memory => ({
  seq: -1,
  freshUntil: Number.NEGATIVE_INFINITY,
  troubles: [],
});

/** The rulebooks that decide now. */
export interface InForce {
  /** Never throws as long as the bundled rules can be read: what is broken or missing leaves the last good one in force. */
  readonly book: () => Promise<Book>;
  /** The rulebook that is tried in shadow, if any, as it was when `book` was asked last. */
  readonly shadow: () => Book | undefined;
  /** A rulebook of the past. @throws AppError `not_found`, `rule_invalid` */
  readonly of: (version: string) => Promise<Book>;
  readonly troubles: () => readonly string[];
  /** The pointer counts as old from now on: somebody here has just changed it. */
  readonly forget: () => void;
}

/** Opens the rulebooks in force over an isolate's memory. `now` in milliseconds. */
export function openInForce(memory: Memory, shelf: Shelf, now: () => number): InForce {
  const { bundle } = shelf;
  const load = async (version: string): Promise<Book> => {
    if (version === memory.book?.version) return memory.book;
    const source = version === bundle.version ? bundle.source : await sourceOf(version, shelf);
    if (version === memory.book?.version) return memory.book;
    // Requests that came meanwhile share what the first of them makes ready: it is pure, and belongs to none of them.
    if (memory.opened?.version !== version)
      memory.opened = { version, book: openBook({ version, source }, shelf, now()) };
    return memory.opened.book;
  };
  const bundled = (): Promise<Book> => load(bundle.version);

  async function refresh(): Promise<Book> {
    const at = now();
    let pointer: Pointer;
    try {
      pointer = await withTimeout(PATIENCE, shelf.ask(bundle.version));
    } catch (error) {
      const book = memory.book ?? (await bundled());
      remember(book, memory.shadow, memory.seq, at + RETRY, [
        `which rulebook is in force cannot be asked (${messageOf(error)}): ${nameOf(book, bundle)} decides`,
      ]);
      return book;
    }
    if (!pointer.bundleKept) await shelf.keepBundle().catch(report);
    const wanted = pointer.version ?? bundle.version;
    const { book, troubles } = await bestOf(wanted, pointer.before ?? bundle.version);
    const tried = await shadowOf(pointer.shadow);
    const all = [...troubles, ...tried.troubles];
    // Another request may have heard of a newer change meanwhile.
    if (pointer.seq < memory.seq && memory.book) return memory.book;
    remember(book, tried.book, pointer.seq, at + (all.length > 0 ? RETRY : POINTER_AGE), all);
    return book;
  }

  function remember(
    book: Book,
    shadow: Book | undefined,
    seq: number,
    freshUntil: number,
    troubles: readonly string[],
  ) {
    Object.assign(memory, { book, shadow, seq, freshUntil, troubles, opened: undefined });
  }

  /** The wanted one; else the last good one in memory, else the one before, else the bundled one. */
  async function bestOf(
    wanted: string,
    before: string,
  ): Promise<{ book: Book; troubles: readonly string[] }> {
    try {
      return { book: await load(wanted), troubles: [] };
    } catch (error) {
      const book = memory.book ?? (await load(before).catch(bundled));
      const troubles = [
        `rulebook ${wanted}: ${messageOf(error)}: ${nameOf(book, bundle)} decides instead`,
      ];
      return { book, troubles };
    }
  }

  async function shadowOf(
    version: string | null,
  ): Promise<{ book: Book | undefined; troubles: readonly string[] }> {
    if (version === null) return { book: undefined, troubles: [] };
    if (version === memory.shadow?.version) return { book: memory.shadow, troubles: [] };
    try {
      return { book: await load(version), troubles: [] };
    } catch (error) {
      return { book: undefined, troubles: [`rulebook ${version} in shadow: ${messageOf(error)}`] };
    }
  }

  const book = async (): Promise<Book> =>
    memory.book && now() <= memory.freshUntil ? memory.book : refresh();
  return {
    book,
    shadow: () => memory.shadow,
    of: async (version) => {
      const known = [memory.book, memory.shadow].find((book) => book?.version === version);
      if (known) return known;
      const source = version === bundle.version ? bundle.source : await sourceOf(version, shelf);
      return openBook({ version, source }, shelf, now());
    },
    troubles: () => memory.troubles,
    forget: () => {
      memory.freshUntil = Number.NEGATIVE_INFINITY;
    },
  };
}

async function sourceOf(version: string, { body }: Shelf): Promise<RulebookSource> {
  const text = await body(version);
  if (text === null) throw new AppError('not_found', `the rulebook ${version} is not kept`);
  return unseal(version, text);
}

const nameOf = ({ version }: Book, bundle: Shelf['bundle']): string =>
  version === bundle.version ? 'the bundled one' : `the last good one, ${version},`;

const report = (error: unknown): void =>
  console.error({ event: 'rulebook.not-kept', message: messageOf(error) });
