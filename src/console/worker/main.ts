import { messageOf } from '../../errors.ts';
import { alertTree, notifiedAt } from './alerts.ts';
import { type Book, bookFor, bookOf, draftFiles, emptyMemory } from './book.ts';
import { formCatalogue, newRuleText } from './catalogue.ts';
import { fixed, wholeCheck } from './check.ts';
import { changesBetween, changesBetweenTexts } from './compare.ts';
import { completionsAt, hoverAt } from './json.ts';
import { affectedBy, listSummaries } from './lists.ts';
import type { Operations } from './protocol.ts';
import { ruleDetail, ruleSummaries } from './rules.ts';
import { tryCallback } from './trial.ts';

/** Evaluates rules in the browser with the code of the Worker. Nothing it is given leaves the machine. */
type Answering = {
  readonly [Name in keyof Operations]: (
    input: Parameters<Operations[Name]>[0],
  ) => ReturnType<Operations[Name]> | Promise<ReturnType<Operations[Name]>>;
};

const memory = emptyMemory();
const draft = (): Book => bookOf('draft', memory);

const operations: Answering = {
  open(input) {
    memory.base = input.base;
    memory.changes = input.changes;
    memory.samples = input.samples;
    memory.now = input.now;
    memory.books.clear();
    return null;
  },
  change(changes) {
    memory.changes = changes;
    memory.books.delete('draft');
    return null;
  },
  rules: (side) => ruleSummaries(bookOf(side, memory), memory.changes),
  rule: ({ side, name }) => ruleDetail(name, bookFor(`${name}.json`, side, memory), memory),
  lists: (side) => listSummaries(bookOf(side, memory), memory.changes),
  affected: ({ list, word }) => affectedBy(list, word, draft()),
  whole: (side) => wholeCheck(bookOf(side, memory), memory),
  fix: (finding) => fixed(finding, draftFiles(memory)),
  attempt: (attempt) => tryCallback(attempt, memory),
  changes: () => changesBetween(bookOf('base', memory), draft()),
  between: ({ old, new: now }) => changesBetweenTexts(old, now),
  alerts: (side) => alertTree(bookOf(side, memory)),
  notified: ({ side, rule, at }) => notifiedAt(rule, Date.parse(at), bookOf(side, memory)),
  complete: ({ file, offset }) => completionsAt(file, offset, draftFiles(memory)),
  hover: ({ file, offset }) => hoverAt(file, offset, draftFiles(memory)),
  catalogue: () => formCatalogue(draftFiles(memory)),
  draftRule: (asked) => newRuleText(asked, draftFiles(memory), memory),
};

/** What is used of a worker's global scope; the types of Cloudflare Workers, which the other code needs, have no `postMessage`. */
const scope = self as unknown as {
  onmessage: (event: { readonly data: Question }) => void;
  readonly postMessage: (answer: object) => void;
};

interface Question {
  readonly id: number;
  readonly name: keyof Operations;
  readonly input: never;
}

let queue: Promise<void> = Promise.resolve();

// Questions are answered one after the other, so that each sees the memory that the one before left.
scope.onmessage = ({ data: { id, name, input } }) => {
  queue = queue.then(async () => {
    try {
      scope.postMessage({ id, result: await operations[name](input) });
    } catch (error) {
      scope.postMessage({ id, error: messageOf(error) });
    }
  });
};
