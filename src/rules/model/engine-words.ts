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
  enable: 'write "enabled": true or false',
  shadow: 'write "mode": "shadow"',
  dryRun: 'write "mode": "shadow"',
  dry_run: 'write "mode": "shadow"',
  test: 'examples are written under "examples"; to try a rule without its actions, write "mode": "shadow"',
  tests: 'examples are written under "examples"',
  example: 'examples are written under "examples": a list',
  reason: 'the reason of a rule is called "why" here',
  trigger: 'the list of triggers is called "on" here: "on": ["MESSAGE_INBOUND"]',
  event_type: 'the list of triggers is called "on" here',
  team: 'the team that is responsible is called "owner" here',
  if: 'the condition of a rule is called "when" here',
  action: 'write a list of actions under "then": [{"action": name, "params": {…}}]',
  do: 'the actions are called "then" here',
  else: 'nothing happens when a condition does not hold: write a second rule with the opposite condition',
  until: 'write "expires": "2027-01-31T18:00:00Z"',
  expiry: 'write "expires": "2027-01-31T18:00:00Z"',
  end: 'write "expires": "2027-01-31T18:00:00Z"',
  limit: 'a limit of an action is its "budget"; how often the condition must hold is "threshold"',
  count: 'write "threshold": {"count": 20, "within": "10m"}',
  within: 'write it inside "threshold": {"count": 20, "within": "10m"}',
  per: 'write it inside "threshold": {"count": 20, "within": "10m", "per": ["app_id"]}',
  severity: 'write it under "params" of the action "alert"',
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
  isnot: 'notEqual',
  not: 'notEqual',
  '<>': 'notEqual',
  isnotequal: 'notEqual',
  isnotequalto: 'notEqual',
  doesnotequal: 'notEqual',
  isequalto: 'equal',
  equalto: 'equal',
  isin: 'in',
  isoneof: 'in',
  isnotin: 'notIn',
  isnotoneof: 'notIn',
  notoneof: 'notIn',
  noneof: 'notIn',
  '>': 'greaterThan',
  gt: 'greaterThan',
  '>=': 'greaterThanInclusive',
  gte: 'greaterThanInclusive',
  '=>': 'greaterThanInclusive',
  atleast: 'greaterThanInclusive',
  morethan: 'greaterThan',
  isgreaterthan: 'greaterThan',
  over: 'greaterThan',
  above: 'greaterThan',
  greaterthanorequal: 'greaterThanInclusive',
  '<': 'lessThan',
  lt: 'lessThan',
  '<=': 'lessThanInclusive',
  lte: 'lessThanInclusive',
  '=<': 'lessThanInclusive',
  atmost: 'lessThanInclusive',
  islessthan: 'lessThan',
  under: 'lessThan',
  below: 'lessThan',
  lessthanorequal: 'lessThanInclusive',
  includes: 'contains',
  notcontains: 'doesNotContain',
  regex: 'matches',
  regexp: 'matches',
  like: 'matches',
  '=~': 'matches',
  '~': 'matches',
  has: 'containsWord',
  hasword: 'containsWord',
  containstext: 'containsWord',
  containsany: 'containsWord',
  beginswith: 'startsWith',
  between: 'withinHours',
  sayswords: 'says',
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

/** Names that people use for keys of examples, thresholds and params, each with the keys that it may mean; the first that is allowed there counts. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  ...{
    expect: ['fires', 'then'],
    expected: ['fires', 'then'],
    should_fire: ['fires'],
    fire: ['fires'],
  },
  ...{ result: ['fires'], payload: ['callback'], input: ['callback'], body: ['text', 'callback'] },
  ...{
    window: ['within'],
    period: ['within'],
    interval: ['within', 'every'],
    time: ['within', 'at'],
  },
  ...{ duration: ['for', 'within'], group_by: ['per'], groupBy: ['per'], by: ['per'] },
  ...{ min: ['at_least', 'count'], minimum: ['at_least', 'count'], number: ['count'] },
  ...{ percent: ['share'], ratio: ['share'], rate: ['to', 'share'], limit: ['to', 'at_most'] },
  ...{ message: ['title', 'text'], msg: ['title', 'text'], content: ['text'], subject: ['title'] },
  ...{
    description: ['text'],
    level: ['severity'],
    priority: ['severity'],
    type: ['severity', 'scope'],
  },
  ...{ destination: ['to'], target: ['to'], url: ['to'], channel: ['to'], max: ['at_most'] },
  ...{ attempts: ['at_most'], retries: ['at_most'], max_attempts: ['at_most'], times: ['at_most'] },
  ...{ delay: ['first_delay', 'after'], wait: ['after', 'first_delay'], reason: ['because'] },
  ...{ why: ['because'], until: ['for'], list: ['scope'], words: ['values'], items: ['values'] },
  ...{ args: ['params'], parameters: ['params'], param: ['params'], with: ['params'] },
};

/** The key that is meant by a name, among those that are allowed and not written. */
export const meantKey = (key: string, allowed: readonly string[]): string | undefined =>
  (Object.hasOwn(KEYS, key) ? KEYS[key] : undefined)?.find((one) => allowed.includes(one));

/** Keys of a rule that people write into a part of it. */
const OF_RULE = ['cooldown', 'expires', 'mode', 'stop', 'enabled', 'labels', 'next_step', 'owner'];
export const isOfRule = (key: string): boolean => OF_RULE.includes(key);

/** Names that people use for facts. */
const FACTS: Readonly<Record<string, string>> = {
  ...{ message_text: 'text', body: 'text', message: 'text', content: 'text', words: 'text' },
  ...{ phone: 'identity', number: 'identity', phone_number: 'identity', from: 'identity' },
  ...{ sender: 'identity', recipient: 'identity', msisdn: 'identity', app: 'app_id' },
  ...{
    error: 'reason_code',
    error_code: 'reason_code',
    code: 'reason_code',
    reason: 'reason_code',
  },
  ...{ state: 'status', delivery_status: 'status', rating: 'quality_rating', retries: 'attempt' },
  ...{ attempts: 'attempt', template: 'template_name', button: 'keyword' },
};
const CLOCK = /^(hour|hours|time|time_of_day|weekday|day|day_of_week|date|now)$/i;

/** The hint for a fact of another name. */
export function factHint(name: string): string | undefined {
  if (CLOCK.test(name))
    return 'use "event_time" with "withinHours", "before" or "after": {"from": "08:00", "to": "18:00", "timeZone": "Europe/Stockholm"}';
  const meant = own(FACTS, name.toLowerCase());
  return meant && `did you mean "${meant}"?`;
}

/** Names that people use for actions. */
const ACTIONS: Readonly<Record<string, string>> = {
  ...{
    notify: 'alert',
    send_alert: 'alert',
    slack: 'alert',
    email: 'alert',
    page: 'alert',
    warn: 'alert',
  },
  ...{
    send: 'reply',
    answer: 'reply',
    respond: 'reply',
    send_message: 'reply',
    autoreply: 'reply',
  },
  ...{
    block: 'suppress',
    unsubscribe: 'suppress',
    opt_out: 'suppress',
    stop: 'suppress',
    ban: 'suppress',
  },
  ...{ subscribe: 'unsuppress', opt_in: 'unsuppress', allow: 'unsuppress', start: 'unsuppress' },
  ...{ resend: 'retry', repeat: 'retry', webhook: 'forward', post: 'forward', http: 'forward' },
  ...{ limit: 'throttle', slow: 'throttle', rate_limit: 'throttle', pause: 'throttle' },
  ...{
    delete: 'erase',
    forget: 'erase',
    save: 'archive',
    store: 'archive',
    log: 'ignore',
    none: 'ignore',
  },
};
export const actionHint = (name: string): string | undefined => {
  const meant = own(ACTIONS, name.toLowerCase().replace(/[-\s]/g, '_'));
  return meant && `did you mean "${meant}"?`;
};

const own = (words: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

/** The hint for a key of a rule that is another engine's. */
export const ruleKeyHint = (key: string): string | undefined => own(RULE_KEYS, key);

/** The hint for a key of a condition that is another engine's. */
export const conditionKeyHint = (key: string): string | undefined =>
  own(CONDITION_KEYS, key) ?? own(CONDITION_KEYS, key.toLowerCase());

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

/** The hint for an operator that is another engine's, for a fact of this type if it is known. */
export function operatorHint(name: string, type = ''): string | undefined {
  const known = own(OPERATORS, name) ?? own(OPERATORS, name.toLowerCase().replace(/[-_\s]/g, ''));
  return known && `did you mean "${operatorForType(known, type) ?? known}"?`;
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

/** The hint for a value of a rule's key that its schema refuses. */
export function valueHint(key: string, given: unknown): string | undefined {
  if (key === 'priority') return priorityHint(given);
  if (key === 'budget' && typeof given === 'number')
    return `write {"count": ${given}, "within": "1h"}`;
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
  return typeof given === 'string'
    ? 'a comparison has three parts: {"fact": "channel", "operator": "equal", "value": "SMS"}'
    : undefined;
}

/** The hint for a priority that is not a whole number from 1 to 1000. The highest comes first, as in json-rules-engine. */
export const priorityHint = (given: unknown): string =>
  typeof given === 'number' && given < 1
    ? 'the lowest priority is 1, and it is the default: leave "priority" out, or raise the rules that come first'
    : 'write a whole number from 1 to 1000; the highest is decided first';
