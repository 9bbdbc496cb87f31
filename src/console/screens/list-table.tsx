import { ScrollTable } from '../parts/scroll-table.tsx';
import { to } from '../state/router.ts';
import type { ListSummary } from '../worker/protocol.ts';

/** Language codes that end the name of a list of words: stop-words-de. */
const LANGUAGE = /^(.*)-([a-z]{2})$/;
const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** Lists that come in languages as a table words × languages, and failure codes as a table code × class. */
export function ListTable({ lists }: { lists: readonly ListSummary[] }) {
  const classes = lists.filter(({ name }) => name.startsWith('failure-'));
  return (
    <>
      {familiesOf(lists).map(([family, members]) => (
        <ListsOf
          key={family}
          heading={`${family} by language`}
          columns={['Language', 'Words']}
          rows={members.map(({ language, list }) => ({
            list,
            label: NAMES.of(language) ?? language,
            usedBy: list.usedBy.join(', '),
          }))}
        />
      ))}
      {classes.length > 0 && (
        <ListsOf
          heading="Failure codes by class"
          columns={['Class', 'Codes']}
          valuesClass="mono"
          rows={classes.map((list) => ({
            list,
            label: list.name.replace('failure-', ''),
            usedBy: list.usedBy.join(', ') || 'the fact failure class',
          }))}
        />
      )}
    </>
  );
}

interface Row {
  readonly list: ListSummary;
  readonly label: string;
  readonly usedBy: string;
}

function ListsOf({
  heading,
  columns,
  rows,
  valuesClass,
}: {
  heading: string;
  columns: readonly [label: string, values: string];
  rows: readonly Row[];
  valuesClass?: string;
}) {
  return (
    <section class="stack tight">
      <h2>{heading}</h2>
      <ScrollTable label={heading}>
        <thead>
          <tr>
            {[...columns, 'Used by'].map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ list, label, usedBy }) => (
            <tr key={list.name}>
              <th scope="row">
                <a href={to('lists', list.name)}>{label}</a>
              </th>
              <td class={valuesClass}>{list.values.join(', ')}</td>
              <td class="names">{usedBy}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
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
