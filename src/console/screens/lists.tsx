import { useState } from 'preact/hooks';
import { pretty } from '../../authoring/pretty.ts';
import { addItem, setValue } from '../../authoring/text-edits.ts';
import type { ScreenProps } from '../app.tsx';
import { TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { changeFile, draft } from '../state/draft.ts';
import { quick } from '../state/evaluator.ts';
import { useLoad } from '../state/load.ts';
import { go, place, setQuery, to } from '../state/router.ts';
import { draftTexts, inForce } from '../state/rulebook.ts';
import { useStore } from '../state/store.ts';
import { counted } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import type { ListSummary } from '../worker/protocol.ts';
import { familiesOf, ListTables } from './list-table.tsx';
import { NewFile } from './publish/other-files.tsx';
import './lists.css';

/** `/console/lists`: all lists; `/console/lists/<name>`: one. */
export function Lists({ path }: ScreenProps) {
  const [name] = path;
  const lists = useRules('lists', 'draft', 'draft');
  return (
    <Page title={name ?? 'Lists'} actions={name === undefined && <NewList />}>
      <Shown loaded={lists} what="the lists">
        {(all) => {
          if (name === undefined) return <AllLists lists={all} />;
          const list = all.find((one) => one.name === name);
          return list ? (
            <OneList key={name} list={list} />
          ) : (
            <Empty>
              No list is called {name}. <a href={to('lists')}>See all lists.</a>
            </Empty>
          );
        }}
      </Shown>
    </Page>
  );
}

/** Asks for the name of a new list, and leads to it. */
function NewList() {
  const version = useStore(inForce);
  useStore(draft);
  if (!version) return null;
  const known = Object.keys(draftTexts())
    .filter((file) => file.startsWith('lists/'))
    .map((file) => file.slice('lists/'.length, -'.json'.length));
  const create = (name: string) => {
    const list = { name, why: 'Say what the values have in common.', values: [] };
    changeFile(`lists/${name}.json`, `${pretty(list)}\n`, version);
    go(to('lists', name));
  };
  return <NewFile verb="New list" known={known} create={create} />;
}

function AllLists({ lists }: { lists: readonly ListSummary[] }) {
  const { query } = useStore(place);
  const search = query.get('search') ?? '';
  const wanted = search.trim().toLowerCase();
  return (
    <>
      <TextField
        label="Search lists"
        type="search"
        value={search}
        onInput={(text) => setQuery({ search: text })}
        placeholder="A word, a code, a name"
      />
      {wanted === '' ? <Everything lists={lists} /> : <Found lists={lists} wanted={wanted} />}
    </>
  );
}

/** The lists that have what is looked for, with the values that fit. */
function Found({ lists, wanted }: { lists: readonly ListSummary[]; wanted: string }) {
  const fits = (text: string | number) => String(text).toLowerCase().includes(wanted);
  const found = lists.filter(({ name, why, values }) => [name, why, ...values].some(fits));
  return (
    <section class="stack tight">
      <h2>Found</h2>
      <p class="soft small" role="status">
        {counted(found.length, 'list')}
      </p>
      {found.length === 0 ? (
        <Empty>No list has that.</Empty>
      ) : (
        <ul class="rows" aria-label="Lists">
          {found.map((list) => (
            <ListRow key={list.name} list={list} values={list.values.filter(fits).slice(0, 12)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Tables of words and codes, then every list: those of a family in one row. */
function Everything({ lists }: { lists: readonly ListSummary[] }) {
  const families = familiesOf(lists);
  const inFamily = new Set([...families.values()].flat().map(({ list }) => list));
  return (
    <>
      <ListTables lists={lists} />
      <section class="stack tight">
        <h2>All lists</h2>
        <ul class="rows" aria-label="Lists">
          {[...families].map(([family, members]) => (
            <li key={family}>
              <div class="row">
                <strong>{family}</strong>
                <span class="badge">{counted(members.length, 'language')}</span>
              </div>
              <p class="row small">
                {members.map(({ list }) => (
                  <a key={list.name} href={to('lists', list.name)}>
                    {list.name}
                  </a>
                ))}
              </p>
            </li>
          ))}
          {lists
            .filter((list) => !inFamily.has(list))
            .map((list) => (
              <ListRow key={list.name} list={list} />
            ))}
        </ul>
      </section>
    </>
  );
}

function ListRow(props: { list: ListSummary; values?: ListSummary['values'] }) {
  const { name, why, values, usedBy, fact, drafted } = props.list;
  return (
    <li>
      <div class="row">
        <a href={to('lists', name)}>{name}</a>
        <span class="badge">{counted(values.length, 'value')}</span>
        {usedBy.length === 0 && fact === null && <span class="badge warn">Not used</span>}
        {drafted && <span class="badge warn">Changed in your draft</span>}
      </div>
      {props.values && props.values.length > 0 && (
        <p class="mono small verbatim">{props.values.join(', ')}</p>
      )}
      <p class="soft small verbatim">{why}</p>
    </li>
  );
}

function OneList({ list }: { list: ListSummary }) {
  const [word, setWord] = useState('');
  const trimmed = word.trim();
  const affected = useLoad(trimmed === '' ? null : `${list.name} ${trimmed}`, () =>
    quick.ask('affected', { list: list.name, word: trimmed }),
  );
  const numeric = list.values.length > 0 && list.values.every((value) => typeof value === 'number');
  const there = list.values.map(String).includes(trimmed);
  const change = (edit: (text: string) => string) => {
    const text = draftTexts()[list.file];
    const version = inForce.get();
    if (text !== undefined && version) changeFile(list.file, edit(text), version);
  };
  return (
    <>
      <TextField
        label="Why"
        rows={2}
        value={list.why}
        onInput={(next) => change((text) => setValue(text, ['why'], next))}
      />
      <p class="row">
        <span class="soft">Used by</span>
        {list.fact !== null && <span>the fact {list.fact}</span>}
        {list.usedBy.length === 0
          ? list.fact === null && 'no rule'
          : list.usedBy.map((rule) => (
              <a key={rule} href={to('rules', rule)}>
                {rule}
              </a>
            ))}
        {list.guardrails.length > 0 && (
          <span class="soft">and guarded by {list.guardrails.join(', ')}</span>
        )}
      </p>
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed === '' || there) return;
          change((text) =>
            addItem(text, ['values'], list.values.length, numeric ? Number(trimmed) : trimmed),
          );
          setWord('');
        }}
      >
        <TextField
          label="New word"
          value={word}
          onInput={setWord}
          fault={there ? 'It is in the list already.' : undefined}
        />
        {affected.value && (
          <p class="soft small" role="status">
            {affected.value.length === 0
              ? 'No rule uses this list.'
              : `Affects ${affected.value.join(', ')}`}
          </p>
        )}
        <div>
          <button type="submit" class="primary" disabled={trimmed === '' || there}>
            Add
          </button>
        </div>
      </form>
      <ul class="rows" aria-label="Values">
        {list.values.map((value, at) => (
          <li key={`${at} ${value}`} class="row list-value">
            <span class="verbatim mono">{value}</span>
            <button
              type="button"
              class="small plain"
              aria-label={`Remove ${value}`}
              onClick={() => change((text) => setValue(text, ['values', at], undefined))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
