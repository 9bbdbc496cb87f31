import type { Action } from '../../actions/action.ts';
import { actions } from '../../actions/index.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { triggers } from '../../callbacks/triggers/index.ts';
import { factEntries } from '../../rules/model/facts.ts';
import { CODES } from '../../rules/model/finding-codes.ts';
import { formatList } from '../../rules/model/format.ts';
import { Rule } from '../../rules/model/rule.ts';
import type { FactEntry } from '../../rules/model/vocabulary.ts';
import { operators } from '../../rules/operators/index.ts';
import { convert, partsOf } from '../../rules/schema/convert.ts';
import { code, table, yesNo } from './markdown.ts';
import type { ReferencePage } from './page.ts';
import { describeValue, requiredKeys } from './schema-words.ts';

/** The keys of a rule, from its schema. */
export const rulePage: ReferencePage = {
  name: 'rule',
  title: 'Keys of a rule',
  intro: `A rule is a JSON file in \`rules/\`. [rules/README.md](../../rules/README.md) describes how to write one.`,
  body: () => {
    const schema = convert(Rule);
    const required = requiredKeys(schema);
    const rows = Object.entries(partsOf(schema)).map(([key, part]) => [
      code(key),
      yesNo(required.includes(key)),
      isRecord(part) ? String(part.description) : '',
    ]);
    return table(['key', 'required', 'meaning'], rows);
  },
};

/** All facts: those of every callback first, then those that only some triggers carry. */
export const factsPage: ReferencePage = {
  name: 'facts',
  title: 'Triggers and facts',
  intro: `A trigger is the kind of a callback; the key \`on\` of a rule names triggers. A fact is a value of a callback that a condition can compare. Names and values are in Sinch's own spelling. A fact exists only on the triggers that carry it, and it may be missing where Sinch does not send it. Known values are not a closed list: \`check\` warns about a value that Sinch was never seen to send.`,
  body: () =>
    [
      '## Triggers',
      table(
        ['trigger', 'meaning'],
        triggers.map(({ name, description }) => [code(name), description]),
      ),
      '## Facts',
      table(
        ['fact', 'type', 'meaning', 'triggers'],
        factEntries().map((fact) => [
          code(fact.name),
          fact.type,
          describeFact(fact),
          fact.triggers.length === 0 ? 'every callback' : fact.triggers.join(', '),
        ]),
      ),
    ].join('\n\n'),
};

function describeFact({ description, known, recalled, previous }: FactEntry): string {
  const words = [description];
  if (known) words.push(`Known values: ${known.map(code).join(', ')}.`);
  if (recalled) words.push('Signalbox stores it; an example sets it under `given`.');
  if (previous) words.push(`Its earlier value is \`${previous}\`.`);
  return words.join(' ');
}

/** All operators, each beside its negation. */
export const operatorsPage: ReferencePage = {
  name: 'operators',
  title: 'Operators',
  intro: `A comparison is \`{"fact", "operator", "value"}\`. Every operator is false on a missing fact, and so is its negation; only \`present\` and \`missing\` test for absence. A pattern runs on RE2, so its time grows with the length of the text and never more. A Unicode class in a pattern (\`\\p{L}\`, \`\\p{Greek}\`) costs 30 to 90 ms once, when a new isolate compiles the rules; \`[a-z]\`, \`\\w\`, \`[[:alpha:]]\` and \`(?i)\` cost nothing.`,
  body: () => {
    const rows = operators
      .filter(({ negation }, at) => !operators.slice(0, at).some(({ name }) => name === negation))
      .map(({ name, negation, values, description, takesList }) => [
        `${code(name)}, ${code(negation)}`,
        formatList(Object.keys(values), 'and'),
        `${description}${takesList ? ' Takes `{"list": name}`.' : ''}`,
      ]);
    return table(['operator and its negation', 'fact types', 'true for'], rows);
  },
};

/** All actions with their params, from their schemas. */
export const actionsPage: ReferencePage = {
  name: 'actions',
  title: 'Actions',
  intro: `A \`state\` action is stored before the callback is acknowledged. An \`effect\` goes to a queue and is executed once, however often the same callback arrives. A \`record\` action only appears in the journal. If a destination is down, an effect is retried for about a day and then stored as a dead letter. The budget is per rule and hour: past it, the action is held for a decision by a person, or it is executed and an alert is raised.`,
  body: () =>
    [
      table(
        ['action', 'kind', 'budget per hour', 'meaning'],
        actions.map(({ name, kind, budget, description }) => [
          code(name),
          kind,
          describeBudget(budget),
          description,
        ]),
      ),
      '## Params',
      table(['action', 'param', 'value', 'meaning'], actions.flatMap(paramRows)),
    ].join('\n\n'),
};

/** A row for each param of an action. */
function paramRows({ name, params }: Action): readonly (readonly string[])[] {
  const schema = convert(params);
  const required = requiredKeys(schema);
  return Object.entries(partsOf(schema)).map(([key, part]) => [
    code(name),
    code(key),
    describeValue(part, required.includes(key)),
    isRecord(part) ? String(part.description) : '',
  ]);
}

const describeBudget = (budget: Action['budget']): string =>
  budget
    ? `${budget.count.toLocaleString('en')}, then ${budget.over === 'hold' ? 'held' : 'an alert'}`
    : 'none';

/** All findings of `check`. */
export const findingsPage: ReferencePage = {
  name: 'findings',
  title: 'Findings of check',
  intro: `\`npm run -s signalbox -- check\` reads the rules one by one and together. An **error** excludes a rule, and \`bundle\` rejects the rules; a **warning** changes nothing. A finding about rules that never fire, repeat or undo each other is certain: where \`check\` cannot know, it reports nothing. \`check --explain <code>\` prints an entry of this table.

A retry cannot run forever, because \`at_most\` counts a message together with all its retries. \`feeds-itself\` finds a retry that also fires when a message was delivered.`,
  body: () =>
    table(
      ['code', 'what it means', 'what to do'],
      Object.entries(CODES).map(([name, { means, cure }]) => [code(name), means, cure]),
    ),
};
