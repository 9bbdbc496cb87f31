import { actions } from '../actions/index.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { AppError } from '../errors.ts';
import { closest } from '../rules/model/closest.ts';
import { factEntry } from '../rules/model/facts.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { operatorNamed } from '../rules/operators/index.ts';
import { convert, partsOf } from '../rules/schema/convert.ts';

/**
 * A comparison as it is typed: `quality_rating equal RED`, `age_seconds lessThan 60`, `channel in
 * SMS,MMS`, `metadata_json.order.id equal X-7`.
 * Names are checked by `compile`, which has better messages.
 */
export function conditionOf(typed: string): Readonly<Record<string, unknown>> {
  const [name = '', operator, ...rest] = typed.trim().split(/\s+/);
  const dot = name.indexOf('.');
  const isPath = dot > 0 && factEntry(name.slice(0, dot))?.type === 'json';
  const fact = isPath ? name.slice(0, dot) : name;
  const path = isPath ? { path: name.slice(dot + 1) } : {};
  if (fact === '' || operator === undefined) {
    throw new AppError(
      'bad_request',
      `"${typed}": expected a fact, an operator and a value: quality_rating equal RED`,
    );
  }
  const found = operatorNamed(operator);
  if (found?.takesNoValue) return { fact, ...path, operator };
  const words = rest.join(' ');
  const type = factEntry(fact)?.type;
  const value = (text: string): unknown =>
    type === 'number'
      ? Number(text)
      : type === 'boolean' && /^(true|false)$/.test(text)
        ? text === 'true'
        : text;
  const several = found?.takesList && words.includes(',');
  const needsList = found?.takesList && found.exact;
  return {
    fact,
    ...path,
    operator,
    value: several || needsList ? words.split(/\s*,\s*/).map(value) : value(words),
  };
}

/**
 * An action with the params that it needs, each with a value that stands for the author's own.
 * @throws AppError `bad_request` for a name that is none
 */
export function actionOf(name: string, rule: string, source: RulebookSource) {
  const action = actions.find((one) => one.name === name);
  if (!action) {
    const hint = closest(
      name,
      actions.map((one) => one.name),
    );
    throw new AppError('bad_request', `no action is called "${name}"${hint ? `: ${hint}` : ''}`);
  }
  const schema = convert(action.params);
  const needed = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const params = needed.map((key) => [
    key,
    action.references?.[key] === 'destination'
      ? defaultDestination(source)
      : standIn(partsOf(schema)[key], rule),
  ]);
  return params.length === 0
    ? { action: name }
    : { action: name, params: Object.fromEntries(params) };
}

const defaultDestination = ({ alerts }: RulebookSource): unknown =>
  isRecord(alerts) && isRecord(alerts.destinations)
    ? (alerts.default ?? Object.keys(alerts.destinations)[0])
    : 'ops';

/** The mildest value: of severities the last, of numbers the smallest, of texts an example. */
function standIn(schema: unknown, rule: string): unknown {
  if (!isRecord(schema)) return rule;
  if (Array.isArray(schema.enum)) return schema.enum.at(-1);
  if (Array.isArray(schema.examples)) return schema.examples[0];
  return schema.minimum ?? rule.replaceAll('-', ' ');
}
