import { actions } from '../../actions/index.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { LISTS_OF_FACTS } from '../../rules/check/lists/lists.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import { listsCalled, nameOfFile } from '../../rules/model/lists.ts';
import { readGuardrails } from '../../rules/prove/guardrail.ts';
import type { Book, Memory } from './book.ts';
import type { ListSummary } from './protocol.ts';
import { listsOf } from './rules.ts';

/** Every list with its values, the rules that use it and the guardrails that name one of its words. */
export function listSummaries(book: Book, changes: Memory['changes']): readonly ListSummary[] {
  const users = new Map<string, string[]>();
  const listsUsedBy = openListUse(book);
  for (const rule of book.rulebook.rules)
    for (const list of listsUsedBy(rule)) users.set(list, [...(users.get(list) ?? []), rule.name]);
  return Object.entries(book.source.lists).map(([file, written]) => {
    const name = nameOfFile(file);
    const values = isRecord(written) && Array.isArray(written.values) ? written.values : [];
    return {
      name,
      file,
      why: isRecord(written) && typeof written.why === 'string' ? written.why : '',
      values: values.filter((value) => typeof value === 'string' || typeof value === 'number'),
      fact: LISTS_OF_FACTS.get(name) ?? null,
      usedBy: (users.get(name) ?? []).toSorted(),
      guardrails: guardrailsNaming(values.map(String), book),
      drafted: Object.hasOwn(changes, file),
    };
  });
}

/** The rules and guardrails that a word in a list concerns. */
export function affectedBy(list: string, word: string, book: Book): readonly string[] {
  const listsUsedBy = openListUse(book);
  const rules = book.rulebook.rules
    .filter((rule) => listsUsedBy(rule).has(list))
    .map(({ name }) => `rule ${name}`);
  return [...rules, ...guardrailsNaming([word], book).map((name) => `guardrail ${name}`)];
}

/** Returns a reader of the lists that a rule uses, those of a family (`stop-words-*`) one by one. */
function openListUse({ source }: Book): (rule: CompiledRule) => ReadonlySet<string> {
  const names = Object.keys(source.lists).map(nameOfFile);
  return (rule) => new Set(listsOf(rule).flatMap((written) => listsCalled(written, names)));
}

function guardrailsNaming(words: readonly string[], { source }: Book): readonly string[] {
  const wanted = new Set(words.map(fold));
  const { cases } = readGuardrails(source.guardrails, actions);
  const naming = cases.filter(({ callback }) =>
    textsIn(callback).some((text) => wanted.has(fold(text))),
  );
  return [...new Set(naming.map(({ guardrail }) => guardrail))];
}

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];
