import { catalogue } from '../../authoring/catalogue.ts';
import { examplesFor } from '../../authoring/draft-examples.ts';
import { actionOf, conditionOf } from '../../authoring/draft-parts.ts';
import { pretty } from '../../authoring/pretty.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { nameOfFile } from '../../rules/model/lists.ts';
import { operatorNamed } from '../../rules/operators/index.ts';
import type { FilesRead, Memory } from './book.ts';
import type { Catalogue, FormSchema, NewRule } from './protocol.ts';

/** The catalogue never changes, and its schemas take a while to draw. */
let known: ReturnType<typeof catalogue> | undefined;

/** What a rule may be made of, in the words of the catalogue. */
export function formCatalogue({ source }: Pick<FilesRead, 'source'>): Catalogue {
  known ??= catalogue();
  const { triggers, facts, operators, actions } = known;
  const alerts = source.alerts;
  return {
    triggers: triggers.map(({ name, description }) => ({ name, description: plain(description) })),
    facts: facts.map(
      ({ name, type, summary, description, known = [], triggers: on, readByPath }) => ({
        name,
        type,
        label: summary,
        description: plain(description),
        known,
        triggers: on,
        ...(readByPath !== undefined && { examplePath: readByPath }),
      }),
    ),
    operators: operators.map(({ name, description, takesList, values }) => {
      const operator = operatorNamed(name);
      return {
        name,
        label: operator?.summary('…').replace(/ ?…$/, '') ?? name,
        description: plain(description),
        takesList,
        takesNothing: operator?.takesNoValue ?? false,
        // JSON Schemas, as `convert` writes them.
        values: values as Readonly<Record<string, FormSchema>>,
      };
    }),
    actions: actions.map(({ name, description, templates, params }) => ({
      name,
      description: plain(description),
      templates,
      // A JSON Schema of an object, as `convert` writes it.
      params: params as FormSchema,
    })),
    lists: Object.keys(source.lists).map(nameOfFile),
    conditions: Object.keys(source.conditions).map(nameOfFile),
    destinations:
      isRecord(alerts) && isRecord(alerts.destinations) ? Object.keys(alerts.destinations) : [],
    rules: Object.keys(source.rules).map(nameOfFile),
  };
}

/** Words of the reference without its marks for code. */
const plain = (words: string): string => words.replaceAll('`', '');

/** The text of a new rule with an example of each kind. @throws AppError for names that are none */
export async function newRuleText(
  asked: NewRule,
  book: Pick<FilesRead, 'source'>,
  memory: Memory,
): Promise<string> {
  const { name, why, owner, trigger, when, action, callback } = asked;
  const rule = {
    $schema: './rule.schema.json',
    name,
    why,
    owner,
    on: [trigger],
    when: conditionOf(when),
    then: [actionOf(action, name, book.source)],
  };
  const bodies = new Map(Object.entries(memory.samples));
  const drawn = await examplesFor(rule, book.source, bodies).catch(() => []);
  const own = callback ? [{ name: 'the callback it was made for', callback, fires: true }] : [];
  const others = callback ? drawn.filter(({ fires }) => !fires) : drawn;
  return `${pretty({ ...rule, examples: [...own, ...others] })}\n`;
}
