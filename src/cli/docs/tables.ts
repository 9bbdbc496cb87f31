import { BUDGETS } from '../../actions/budget.ts';
import { actions } from '../../actions/index.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { factEntries } from '../../rules/model/facts.ts';
import { CODES } from '../../rules/model/finding-codes.ts';
import { Rule } from '../../rules/model/rule.ts';
import { listed } from '../../rules/model/show.ts';
import type { FactEntry } from '../../rules/model/vocabulary.ts';
import { operators } from '../../rules/operators/operators.ts';
import { convert, partsOf } from '../../rules/schema/convert.ts';
import type { Setting } from '../../settings/define-setting.ts';
import { destinationSecrets } from '../../settings/destination-secrets.ts';
import { settings } from '../../settings/index.ts';

/** A table in Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

/** The keys of a rule, from its schema. */
export function ruleTable(): string {
  const schema = convert(Rule);
  const needed = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(partsOf(schema)).map(([key, part]) => [
    code(key),
    needed.includes(key) ? 'yes' : 'no',
    isRecord(part) ? String(part.description) : '',
  ]);
  return table(['key', 'needed', 'meaning'], rows);
}

/** All facts: those of every callback first, then those that only some triggers carry. */
export const factsTable = (): string =>
  table(
    ['fact', 'type', 'meaning', 'comes with'],
    factEntries().map((fact) => [code(fact.name), fact.type, factWords(fact), carriers(fact)]),
  );

const carriers = ({ triggers }: FactEntry): string =>
  triggers.length === 0 ? 'every callback' : triggers.join(', ');

function factWords({ description, known, recalled, previous }: FactEntry): string {
  const words = [description];
  if (known) words.push(`Known values: ${known.map(code).join(', ')}.`);
  if (recalled) words.push('Signalbox remembers it: in an example it stands under `given`.');
  if (previous) words.push(`Its earlier value is \`${previous}\`.`);
  return words.join(' ');
}

/** All operators, each beside its negation. */
export function operatorsTable(): string {
  const rows = operators
    .filter(({ negation }, at) => !operators.slice(0, at).some(({ name }) => name === negation))
    .map(({ name, negation, values, description, takesList }) => [
      `${code(name)}, ${code(negation)}`,
      listed(Object.keys(values), 'and'),
      `${description}${takesList ? ' Takes `{"list": name}`.' : ''}`,
    ]);
  return table(['operator, and its opposite', 'suits', 'true on'], rows);
}

/** All actions with their params, from their schemas. */
export const actionsTable = (): string =>
  table(
    ['action', 'kind', 'params', 'budget an hour', 'meaning'],
    actions.map(({ name, kind, params, description }) => [
      code(name),
      kind,
      paramWords(convert(params)),
      budgetWords(name),
      description,
    ]),
  );

function budgetWords(action: string): string {
  const budget = BUDGETS[action];
  return budget
    ? `${budget.count.toLocaleString('en')}, then ${budget.held ? 'held' : 'told'}`
    : 'none';
}

function paramWords(schema: ReturnType<typeof convert>): string {
  const needed = Array.isArray(schema.required) ? schema.required : [];
  const words = Object.entries(partsOf(schema)).map(([key, part]) => {
    const about = [
      ...(needed.includes(key) ? ['needed'] : []),
      ...(isRecord(part) ? valueWords(part) : []),
    ];
    return `${code(key)}${about.length > 0 ? ` (${about.join('; ')})` : ''}`;
  });
  return words.length === 0 ? 'none' : words.join(', ');
}

function valueWords({
  enum: values,
  examples,
  minimum,
  maximum,
  default: standard,
}: Record<string, unknown>): string[] {
  const words: string[] = [];
  if (Array.isArray(values)) words.push(listed(values.map((value) => code(String(value)))));
  else if (Array.isArray(examples)) words.push(`like ${code(String(examples[0]))}`);
  else if (minimum !== undefined && maximum !== undefined) words.push(`${minimum} to ${maximum}`);
  if (standard !== undefined && String(standard) !== '')
    words.push(`default ${code(String(standard))}`);
  return words;
}

/** All settings of a deployment. */
export const settingsTable = (): string =>
  table(
    ['setting', 'required', 'secret', 'default', 'meaning'],
    [...settings, destinationSecrets].map((setting: Documented) => [
      code(setting.name),
      requiredWords(setting),
      setting.secret ? 'yes' : 'no',
      setting.default ? code(setting.default) : '',
      setting.summary,
    ]),
  );

type Documented = Omit<Setting, 'schema'>;

function requiredWords({ required = false }: Documented): string {
  if (typeof required === 'boolean') return required ? 'yes' : 'no';
  return `unless ${code(required.unless)} is set`;
}

/** All that `check` can find. */
export const findingsTable = (): string =>
  table(
    ['code', 'what it means', 'what to do'],
    Object.entries(CODES).map(([name, { means, cure }]) => [code(name), means, cure]),
  );
