/**
 * What json-rules-engine's own words, and those of similar engines, are called here. People paste rules from their documentation, where
 * a name that is merely close in spelling would lead them astray.
 */

/** Keys of a rule. */
const RULE_KEYS: Readonly<Record<string, string>> = {
  conditions: '"conditions" is called "when" here',
  condition: 'the condition of a rule is called "when" here',
  event:
    '"event" is called "then" here, a list of actions: "then": [{"action": "alert", "params": {…}}]',
  events: '"events" is called "then" here: a list of actions',
  actions: '"actions" is called "then" here: a list of {"action": name, "params": {…}}',
  onSuccess: 'what happens when the condition holds is called "then" here',
  onFailure:
    'nothing happens when a condition does not hold: write a second rule with the opposite condition',
  id: 'the id of a rule is its "name" here',
  description: 'the description of a rule is called "why" here',
  triggers: 'the list of triggers is called "on" here',
  disabled: 'write "enabled": false',
  active: 'write "enabled": true or false',
};

/** Keys of a condition. */
const CONDITION_KEYS: Readonly<Record<string, string>> = {
  params:
    'facts take no "params" here: each value is a fact of its own (`signalbox facts` lists them), or a "path" of "payload"',
  priority: 'a condition has no priority here: the order of conditions never changes the result',
  name: 'a condition has no name here; one that several rules share is a file in rules/conditions/',
  id: 'a condition has no name here; one that several rules share is a file in rules/conditions/',
  values: 'a list is written under "value" too: "operator": "in", "value": […]',
  and: '"and" is called "all" here',
  or: '"or" is called "any" here',
  none: 'write "not": {"any": […]}',
  factResult: 'results are not written into rules',
  result: 'results are not written into rules',
};

/** Names of operators. */
const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'equal',
  '==': 'equal',
  '===': 'equal',
  eq: 'equal',
  equals: 'equal',
  is: 'equal',
  '!=': 'notEqual',
  '!==': 'notEqual',
  ne: 'notEqual',
  neq: 'notEqual',
  notequals: 'notEqual',
  '>': 'greaterThan',
  gt: 'greaterThan',
  '>=': 'greaterThanInclusive',
  gte: 'greaterThanInclusive',
  greaterthanorequal: 'greaterThanInclusive',
  '<': 'lessThan',
  lt: 'lessThan',
  '<=': 'lessThanInclusive',
  lte: 'lessThanInclusive',
  lessthanorequal: 'lessThanInclusive',
  includes: 'contains',
  notcontains: 'doesNotContain',
  regex: 'matches',
  regexp: 'matches',
  like: 'matches',
  exists: 'present',
  isset: 'present',
  notnull: 'present',
  isnotnull: 'present',
  defined: 'present',
  notexists: 'missing',
  doesnotexist: 'missing',
  isnull: 'missing',
  null: 'missing',
  undefined: 'missing',
  isempty: 'missing',
  isundefined: 'missing',
  nin: 'notIn',
  oneof: 'in',
  anyof: 'in',
};

const own = (words: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

/** The hint for a key of a rule that is another engine's. */
export const ruleKeyHint = (key: string): string | undefined => own(RULE_KEYS, key);

/** The hint for a key of a condition that is another engine's. */
export const conditionKeyHint = (key: string): string | undefined => own(CONDITION_KEYS, key);

/** The hint for an operator that is another engine's. */
export function operatorHint(name: string): string | undefined {
  const known = own(OPERATORS, name) ?? own(OPERATORS, name.toLowerCase().replace(/[-_\s]/g, ''));
  return known && `did you mean "${known}"?`;
}

/** Operators of json-rules-engine that compare other types here. */
const FOR_TYPE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: {
    contains: 'containsWord',
    doesNotContain: 'doesNotContainWord',
  },
  time: {
    greaterThan: 'after',
    greaterThanInclusive: 'after',
    lessThan: 'before',
    lessThanInclusive: 'before',
    equal: 'after" and "before',
  },
  list: { in: 'contains', notIn: 'doesNotContain', equal: 'contains', notEqual: 'doesNotContain' },
};

/** The operator that does for this type of fact what its name says in json-rules-engine. */
export const operatorForType = (name: string, type: string): string | undefined =>
  own(FOR_TYPE[type] ?? {}, name);

/** The hint for a comparison with null, or without a value: whether a fact is there has operators of its own. */
export function nothingHint(fact: string, operator: string): string {
  const negative = /^(not|doesNot)/.test(operator);
  return `write {"fact": "${fact}", "operator": "${negative ? 'present' : 'missing'}"}`;
}

/** The hint for a priority that is not a whole number from 1 to 1000. The highest comes first, as in json-rules-engine. */
export const priorityHint = (given: unknown): string =>
  typeof given === 'number' && given < 1
    ? 'the lowest priority is 1, and it is the default: leave "priority" out, or raise the rules that come first'
    : 'write a whole number from 1 to 1000; the highest is decided first';
