import { alert } from '../actions/alert.ts';
import type { Severity } from '../rules/model/values.ts';
import type { Effect, Subject } from '../work/effect.ts';

const HOUR = 3_600_000;

/** The interval of alerts about lasting problems: once a day. Milliseconds. */
export const DAILY = 24 * HOUR;

/** The rule name of Signalbox's own alerts. */
const OWN_RULE = 'signalbox';

/** An alert of Signalbox itself, to the operator. */
export interface OperatorAlert {
  /** The same title counts as the same problem. */
  readonly title: string;
  readonly text: string;
  /** The callback it is about, if any. */
  readonly subject?: Subject;
  readonly severity?: Severity;
  /** The same problem raises one alert in this time, in milliseconds; an hour if not given. */
  readonly interval?: number;
}

/** The effect that raises an operator alert. `now` in milliseconds since 1970. */
export function operatorAlert(
  { title, text, subject, severity = 'high', interval = HOUR }: OperatorAlert,
  now: number,
): Effect {
  return {
    kind: 'effect',
    key: `${OWN_RULE}/${title}/${Math.floor(now / interval)}`,
    action: alert.name,
    params: { severity, title: `Signalbox: ${title}`, text },
    rule: {
      name: OWN_RULE,
      owner: 'operator',
      why: 'Signalbox reports its own problems.',
      sentence: 'This alert is from Signalbox itself, not from a rule.',
      labels: { trouble: title },
    },
    rulebook: '',
    subject: subject ?? noSubject(now),
    facts: {},
    addresses: [],
  };
}

/** Whether an effect is an operator alert. Such an effect is never held and never raises another alert. */
export const isOperatorAlert = ({ rule }: Pick<Effect, 'rule'>): boolean => rule.name === OWN_RULE;

/** The subject of an alert that concerns no callback. */
const noSubject = (now: number): Subject => ({
  callbackId: '',
  trigger: 'NONE',
  appId: '',
  projectId: '',
  eventTime: now,
  receivedAt: now,
});
