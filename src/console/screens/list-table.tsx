import type { ComponentChildren } from 'preact';
import { SelectField } from '../parts/field.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { place, setQuery, to } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import type { ListSummary } from '../worker/protocol.ts';

/** Language codes that end the name of a list of words: stop-words-de. */
const LANGUAGE = /^(.*)-([a-z]{2})$/;
const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** The family that is shown first: the words that matter most. */
const FIRST = 'stop-words';

/** A list of a family, and its language. */
interface Member {
  readonly language: string;
  readonly list: ListSummary;
}

/** Lists that come in several languages, by the part of the name that they share. */
export function familiesOf(lists: readonly ListSummary[]): ReadonlyMap<string, readonly Member[]> {
  const found = new Map<string, Member[]>();
  for (const list of lists) {
    const [, family, language] = LANGUAGE.exec(list.name) ?? [];
    if (family === undefined || language === undefined) continue;
    found.set(family, [...(found.get(family) ?? []), { language, list }]);
  }
  return new Map([...found].filter(([, members]) => members.length > 1));
}

/** A family of lists as a table words × languages, and failure codes as a table code × class. */
export function ListTables({ lists }: { lists: readonly ListSummary[] }) {
  const families = familiesOf(lists);
  const asked = useStore(place).query.get('words') ?? FIRST;
  const names = [...families.keys()];
  const family = families.has(asked) ? asked : names[0];
  const classes = lists.filter(({ name }) => name.startsWith('failure-'));
  return (
    <>
      {family !== undefined && (
        <ListsOf
          heading={`${family} by language`}
          columns={['Language', 'Words']}
          rows={(families.get(family) ?? []).map(({ language, list }) => ({
            list,
            label: NAMES.of(language) ?? language,
            usedBy: usersOf(list),
          }))}
        >
          {names.length > 1 && (
            <SelectField
              label="Words of"
              quiet
              value={family}
              options={names}
              onChange={(words) => setQuery({ words })}
            />
          )}
        </ListsOf>
      )}
      {classes.length > 0 && (
        <ListsOf
          heading="Failure codes by class"
          columns={['Class', 'Codes']}
          valuesClass="mono"
          rows={classes.map((list) => ({
            list,
            label: list.name.replace('failure-', ''),
            usedBy: usersOf(list),
          }))}
        />
      )}
    </>
  );
}

/** The rules that name a list, and the fact that reads it. */
const usersOf = ({ fact, usedBy }: ListSummary): string =>
  [...(fact === null ? [] : [`the fact ${fact}`]), ...usedBy].join(', ');

interface Row {
  readonly list: ListSummary;
  readonly label: string;
  readonly usedBy: string;
}

function ListsOf(props: {
  heading: string;
  columns: readonly [label: string, values: string];
  rows: readonly Row[];
  valuesClass?: string;
  children?: ComponentChildren;
}) {
  const { heading, columns, rows, valuesClass = '', children } = props;
  return (
    <section class="stack tight">
      <div class="page-head">
        <h2>{heading}</h2>
        {children && <div>{children}</div>}
      </div>
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
                <a href={to('lists', list.name)} title={list.name}>
                  {label}
                </a>
              </th>
              <td class={`values ${valuesClass}`}>
                <Values values={list.values} />
              </td>
              <td class="names">{usedBy}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

/** How many characters of its values a row of the table shows; the page of the list has all of them. */
const ROOM = 160;

function Values({ values }: { values: ListSummary['values'] }) {
  let room = ROOM;
  const shown = values.filter((value, at) => {
    room -= String(value).length + 2;
    return at === 0 || room >= 0;
  });
  const more = values.length - shown.length;
  return (
    <>
      {shown.map((value, at) => (
        <span key={`${at} ${value}`}>
          {at > 0 && ', '}
          <bdi>{value}</bdi>
        </span>
      ))}
      {more > 0 && <span class="soft"> and {more} more</span>}
    </>
  );
}
