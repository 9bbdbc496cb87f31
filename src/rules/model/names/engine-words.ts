import { wordOf } from './word-of.ts';

/**
 * What json-rules-engine's own words, and those of similar engines, are called here. People paste rules from their documentation, where
 * a name that is merely close in spelling would lead them astray.
 */

const HOURS =
  'in "when", write {"fact": "event_time", "operator": "withinHours", "value": {"from": "08:00", "to": "18:00", "timeZone": "Europe/Stockholm"}}';

/** Keys of a rule: what to write, and the key that is meant. */
const RULE_KEYS: Readonly<Record<string, readonly [hint: string, means?: string]>> = {
  conditions: ['"conditions" is called "when" here', 'when'],
  condition: ['the condition of a rule is called "when" here', 'when'],
  event: [
    '"event" is called "then" here, a list of actions: "then": [{"action": "alert", "params": {…}}]',
    'then',
  ],
  events: ['"events" is called "then" here: a list of actions', 'then'],
  actions: ['"actions" is called "then" here: a list of {"action": name, "params": {…}}', 'then'],
  onSuccess: ['what happens when the condition holds is called "then" here', 'then'],
  onFailure: [
    'nothing happens when a condition does not hold: write a second rule with the opposite condition',
  ],
  id: ['the id of a rule is its "name" here', 'name'],
  description: ['the description of a rule is called "why" here', 'why'],
  triggers: ['the list of triggers is called "on" here', 'on'],
  disabled: ['write "enabled": false', 'enabled'],
  active: ['write "enabled": true or false', 'enabled'],
  enable: ['write "enabled": true or false', 'enabled'],
  shadow: ['write "mode": "shadow"', 'mode'],
  dryRun: ['write "mode": "shadow"', 'mode'],
  dry_run: ['write "mode": "shadow"', 'mode'],
  test: [
    'examples are written under "examples"; to try a rule without its actions, write "mode": "shadow"',
  ],
  tests: ['examples are written under "examples"', 'examples'],
  example: ['examples are written under "examples": a list', 'examples'],
  reason: ['the reason of a rule is called "why" here', 'why'],
  trigger: ['the list of triggers is called "on" here: "on": ["MESSAGE_INBOUND"]', 'on'],
  event_type: ['the list of triggers is called "on" here', 'on'],
  team: ['the team that is responsible is called "owner" here', 'owner'],
  if: ['the condition of a rule is called "when" here', 'when'],
  action: ['write a list of actions under "then": [{"action": name, "params": {…}}]', 'then'],
  do: ['the actions are called "then" here', 'then'],
  else: [
    'nothing happens when a condition does not hold: write a second rule with the opposite condition',
  ],
  until: ['write "expires": "2027-01-31T18:00:00Z"', 'expires'],
  expiry: ['write "expires": "2027-01-31T18:00:00Z"', 'expires'],
  end: ['write "expires": "2027-01-31T18:00:00Z"', 'expires'],
  limit: ['a limit of an action is its "budget"; how often the condition must hold is "threshold"'],
  count: ['write "threshold": {"count": 20, "within": "10m"}', 'threshold'],
  within: ['write it inside "threshold": {"count": 20, "within": "10m"}', 'threshold'],
  per: [
    'write it inside "threshold": {"count": 20, "within": "10m", "per": ["app_id"]}',
    'threshold',
  ],
  severity: ['write it under "params" of the action "alert"'],
  schedule: [HOURS],
  hours: [HOURS],
  office_hours: [HOURS],
  timeZone: [HOURS],
  time_zone: [HOURS],
  days: [HOURS],
};

/** Keys of a condition: what to write, and the keys that are meant. */
const CONDITION_KEYS: Readonly<Record<string, readonly [hint: string, ...means: string[]]>> = {
  params: [
    'facts take no "params" here: each value is a fact of its own (docs/reference/facts.md lists them), or a "path" of "payload"',
    'path',
  ],
  priority: ['a condition has no priority here: the order of conditions never changes the result'],
  name: [
    'a condition has no name here; one that several rules share is a file in rules/conditions/',
  ],
  id: ['a condition has no name here; one that several rules share is a file in rules/conditions/'],
  conditions: ['a shared condition is written {"condition": name}', 'condition'],
  values: ['a list is written under "value" too: "operator": "in", "value": […]', 'value'],
  field: ['what is compared is called "fact" here', 'fact'],
  property: ['what is compared is called "fact" here', 'fact'],
  key: ['what is compared is called "fact" here', 'fact'],
  op: ['"op" is called "operator" here', 'operator'],
  comparator: ['"comparator" is called "operator" here', 'operator'],
  comparison: ['"comparison" is called "operator" here', 'operator'],
  is: ['write "operator": "equal" and the "value"', 'operator', 'value'],
  equals: ['write "operator": "equal" and the "value"', 'operator', 'value'],
  val: ['"val" is called "value" here', 'value'],
  target: ['"target" is called "value" here', 'value'],
  jsonpath: ['"jsonPath" is called "path" here: "order.id"', 'path'],
  and: ['"and" is called "all" here'],
  or: ['"or" is called "any" here'],
  none: ['write "not": {"any": […]}'],
  factResult: ['results are not written into rules'],
  result: ['results are not written into rules'],
};

/** What to write for a key of a rule that is another engine's, and the key that it means here. */
export function ruleKeyWords(
  key: string,
): { readonly hint: string; readonly means: string | undefined } | undefined {
  const [hint, means] = wordOf(RULE_KEYS, key) ?? [];
  return hint === undefined ? undefined : { hint, means };
}

/** What to write for a key of a condition that is another engine's, and the keys that it means here. */
export function conditionKeyWords(
  key: string,
): { readonly hint: string; readonly means: readonly string[] } | undefined {
  const [hint, ...means] =
    wordOf(CONDITION_KEYS, key) ?? wordOf(CONDITION_KEYS, key.toLowerCase()) ?? [];
  return hint === undefined ? undefined : { hint, means };
}

/** The hint for a comparison with null, or without a value: whether a fact is there has operators of its own. */
export function nothingHint(fact: string, operator: string): string {
  const negative = /^(not|doesNot)/.test(operator);
  return `write {"fact": "${fact}", "operator": "${negative ? 'present' : 'missing'}"}`;
}

const kebab = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);

/** What is meant by a mode that is none. */
const MODES: Readonly<Record<string, string>> = {
  ...{ off: 'write "enabled": false', disabled: 'write "enabled": false' },
  ...{ test: 'write "shadow"', dry: 'write "shadow"', 'dry-run': 'write "shadow"' },
  ...{ dryrun: 'write "shadow"', preview: 'write "shadow"', silent: 'write "shadow"' },
  ...{ on: 'write "act"', live: 'write "act"', active: 'write "act"', enabled: 'write "act"' },
};

/** A budget, from a number or from a rate like "50/hour". */
function budgetHint(given: unknown): string {
  const [, count = '20', unit = 'h'] =
    /^(\d+)\s*(?:\/|per|an?)?\s*([smhd])?/.exec(String(given)) ?? [];
  return `write {"count": ${count}, "within": "1${unit}"}`;
}

/** The hint for a value of a rule's key that its schema refuses. */
export function valueHint(key: string, given: unknown): string | undefined {
  if (key === 'priority') return priorityHint(given);
  if (key === 'params' && typeof given === 'string')
    return 'write each parameter with its name: {"text": "…"}';
  if (key === 'budget' && typeof given !== 'object') return budgetHint(given);
  if (key === 'mode' && typeof given === 'string') return wordOf(MODES, given.toLowerCase());
  if (key === 'name' && typeof given === 'string') {
    const name = kebab(given);
    return name === '' ? undefined : `write "${name}"`;
  }
  if ((key === 'on' || key === 'then') && Array.isArray(given))
    return given.length === 0
      ? `write at least one ${key === 'on' ? 'trigger' : 'action'}`
      : undefined;
  if (key === 'then' && typeof given === 'object' && given !== null)
    return 'write a list, even for one action: [ { … } ]';
  return undefined;
}

/** The hint for a "when" or a part of one that is no object. */
export function conditionHint(given: unknown): string | undefined {
  if (Array.isArray(given))
    return given.length === 0
      ? 'for every callback, write {"fact": "trigger", "operator": "present"}'
      : 'write {"all": [ … ]} where all of them must hold, or {"any": [ … ]} where one is enough';
  if (typeof given === 'string' && /^[a-z0-9]+(-[a-z0-9]+)+$/.test(given))
    return `for a shared condition write {"condition": "${given}"}`;
  return typeof given === 'string'
    ? 'a comparison has three parts: {"fact": "channel", "operator": "equal", "value": "SMS"}'
    : undefined;
}

/** The hint for a priority that is not a whole number from 1 to 1000. The highest comes first, as in json-rules-engine. */
export const priorityHint = (given: unknown): string =>
  typeof given === 'number' && given < 1
    ? 'the lowest priority is 1, and it is the default: leave "priority" out, or raise the rules that come first'
    : 'write a whole number from 1 to 1000; the highest is decided first';
