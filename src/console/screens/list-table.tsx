import { ScrollTable } from '../parts/scroll-table.tsx';
import { to } from '../state/router.ts';
import type { ListSummary } from '../worker/protocol.ts';

/** Language codes that end the name of a list of words: stop-words-de. */
const LANGUAGE = /^(.*)-([a-z]{2})$/;
const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** Lists that come in languages as a table words × languages, and failure codes as a table code × class. */
export function ListTable({ lists }: { lists: readonly ListSummary[] }) {
  const families = familiesOf(lists);
  const classes = lists.filter(({ name }) => name.startsWith('failure-'));
  return (
    <>
      {families.map(([family, members]) => (
        <section key={family} class="stack tight">
          <h2>{family} by language</h2>
          <ScrollTable label={`${family} by language`}>
            <thead>
              <tr>
                <th scope="col">Language</th>
                <th scope="col">Words</th>
                <th scope="col">Used by</th>
              </tr>
            </thead>
            <tbody>
              {members.map(({ language, list }) => (
                <tr key={list.name}>
                  <th scope="row">
                    <a href={to('lists', list.name)}>{NAMES.of(language) ?? language}</a>
                  </th>
                  <td>{list.values.join(', ')}</td>
                  <td class="names">{list.usedBy.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </ScrollTable>
        </section>
      ))}
      {classes.length > 0 && (
        <section class="stack tight">
          <h2>Failure codes by class</h2>
          <ScrollTable label="Failure codes by class">
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col">Codes</th>
                <th scope="col">Used by</th>
              </tr>
            </thead>
            <tbody>
              {classes.map(({ name, values, usedBy }) => (
                <tr key={name}>
                  <th scope="row">
                    <a href={to('lists', name)}>{name.replace('failure-', '')}</a>
                  </th>
                  <td class="mono">{values.join(', ')}</td>
                  <td class="names">{usedBy.join(', ') || 'the fact failure class'}</td>
                </tr>
              ))}
            </tbody>
          </ScrollTable>
        </section>
      )}
    </>
  );
}

interface Member {
  readonly language: string;
  readonly list: ListSummary;
}

function familiesOf(
  lists: readonly ListSummary[],
): readonly (readonly [string, readonly Member[]])[] {
  const found = new Map<string, Member[]>();
  for (const list of lists) {
    const [, family, language] = LANGUAGE.exec(list.name) ?? [];
    if (family === undefined || language === undefined) continue;
    found.set(family, [...(found.get(family) ?? []), { language, list }]);
  }
  return [...found].filter(([, members]) => members.length > 1);
}
