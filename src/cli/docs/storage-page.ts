import { AppError } from '../../errors.ts';
import { joinLines } from './join-lines.ts';
import { code, table } from './markdown.ts';
import type { PageContext, ReferencePage } from './page.ts';

/**
 * One entry of the page, written as a tag of the comment beside what stores the data:
 * `@storage KV consent:<person> | content | writer | readers | retention`.
 */
const TAG = /@storage (KV|Durable Object|D1|R2|Queue) (.+)/;
const STORES = ['Durable Object', 'KV', 'D1', 'R2', 'Queue'];

/** All stored data, from the `@storage` tags in `src/` and `wrangler.toml`. */
export const storagePage: ReferencePage = {
  name: 'storage',
  title: 'Stored data',
  intro: `\`<person>\` is a keyed hash of channel family and address: a person is never a key in clear text. KV may be a minute behind, and longer for a key that did not exist when it was last read. For consent, call the API; a system that reads KV itself accepts that delay. [Operators](../operators.md#privacy) describes what is stored in clear text, encrypted or as a hash.`,
  body: (context) => {
    const rows = entries(context);
    return STORES.flatMap((store) => [
      `## ${store}`,
      table(
        ['key', 'content', 'written by', 'read by', 'retention'],
        rows
          .filter(([kind]) => kind === store)
          .map(([, key = '', ...rest]) => [key.split(', ').map(code).join(', '), ...rest]),
      ),
    ]).join('\n\n');
  },
};

function entries({ sources, wrangler }: PageContext): readonly (readonly string[])[] {
  return [...sources, ['wrangler.toml', wrangler] as const].flatMap(([file, text]) =>
    joinLines(text).flatMap((line) => {
      const [, store = '', rest = ''] = TAG.exec(line) ?? [];
      if (rest === '' || file.endsWith('storage-page.ts')) return [];
      const cells = rest.split(' | ').map((cell) => cell.trim());
      if (cells.length !== 5)
        throw new AppError('rule_invalid', `${file}: @storage needs 5 parts: ${rest}`);
      return [[store, ...cells]];
    }),
  );
}
