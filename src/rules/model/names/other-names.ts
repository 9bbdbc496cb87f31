import { wordOf } from './word-of.ts';

/** Names that people use for keys, facts and actions, because other programs call them so. */

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
    within: ['quiet_for'],
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
    type: ['action', 'severity', 'scope'],
  },
  ...{ destination: ['to'], target: ['to'], url: ['to'], channel: ['to'], max: ['at_most'] },
  ...{ attempts: ['at_most'], retries: ['at_most'], max_attempts: ['at_most'], times: ['at_most'] },
  ...{ delay: ['first_delay', 'after'], wait: ['after', 'first_delay'], reason: ['because'] },
  ...{
    why: ['because'],
    until: ['for', 'to'],
    list: ['scope'],
    words: ['values'],
    items: ['values'],
  },
  ...{ env: ['secret'], variable: ['secret'], webhook: ['url'], webhook_url: ['url'] },
  ...{ endpoint: ['url'], hook: ['url'], address: ['url', 'to'], silence: ['quiet_for'] },
  ...{ after: ['first_delay'], name: ['action'], do: ['action'], run: ['action'] },
  ...{ hours: ['schedule'], office_hours: ['schedule', 'hours'], schedule: ['hours'] },
  ...{ tz: ['timeZone'], zone: ['timeZone'], time_zone: ['timeZone'], timezone: ['timeZone'] },
  ...{ start: ['from'], begin: ['from'], open: ['from'], start_time: ['from'] },
  ...{ end: ['to'], close: ['to'], finish: ['to'], end_time: ['to'], weekdays: ['days'] },
  ...{
    weekday: ['days'],
    when: ['match'],
    filter: ['match'],
    where: ['match'],
    conditions: ['match'],
  },
  ...{ never: ['must_not'], forbidden: ['must_not'], must_do: ['must'], actions: ['must'] },
  ...{
    otherwise: ['else'],
    outside: ['else'],
    condition: ['match'],
    not_fires: ['does_not_fire'],
    notFires: ['does_not_fire'],
  },
  ...{ quiet: ['does_not_fire'], not_told: ['does_not_fire'], alerts: ['told'], alert: ['told'] },
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
  ...{ to: 'identity', destination: 'identity', address: 'identity' },
  ...{
    error: 'reason_code',
    error_code: 'reason_code',
    code: 'reason_code',
    reason: 'reason_code',
    failure_reason: 'reason_code',
    fail_reason: 'reason_code',
    error_reason: 'reason_code',
    failure_code: 'reason_code',
  },
  ...{ state: 'status', delivery_status: 'status', rating: 'quality_rating', retries: 'attempt' },
  ...{ attempts: 'attempt', template: 'template_name', button: 'keyword' },
};
/** The fact that a name from elsewhere means. */
export const meantFact = (name: string): string | undefined =>
  wordOf(FACTS, name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase());

const CLOCK = /^(hour|hours|time|time_of_day|weekday|day|day_of_week|date|now)$/i;

/** The hint for a fact of another name, among those that exist. */
export function factHint(name: string, names: readonly string[]): string | undefined {
  if (CLOCK.test(name))
    return 'use "event_time" with "withinHours", "before" or "after": {"from": "08:00", "to": "18:00", "timeZone": "Europe/Stockholm"}';
  if (/^country(_code)?$/i.test(name))
    return 'use "identity" with "startsWith" and the country code, without +: "46"';
  // Sinch's own path: contact_message.text_message.text
  const last = name.split('.').at(-1) ?? name;
  const snake = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const meant =
    wordOf(FACTS, snake) ??
    (last === name
      ? undefined
      : ([last, ...name.split('.').toReversed()].find((part) => names.includes(part)) ??
        wordOf(FACTS, last)));
  return meant && `did you mean "${meant}"?`;
}

/** The hint for a fact with words before its name: "message_status" is "status". */
export function longerFactHint(name: string, names: readonly string[]): string | undefined {
  const [meant] = names
    .filter((one) => name.toLowerCase().endsWith(`_${one}`))
    .sort((one, other) => other.length - one.length);
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
  const meant = wordOf(ACTIONS, name.toLowerCase().replace(/[-\s]/g, '_'));
  return meant && `did you mean "${meant}"?`;
};
