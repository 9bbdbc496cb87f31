import * as v from 'valibot';
import { Severity } from '../rules/model/values.ts';
import type { Effect, Subject } from '../work/effect.ts';
import { defineAction, type RaisedAlert } from './action.ts';

/** What an alert says, how urgent it is, and to whom it goes if no route is to be asked. */
export const AlertParams = v.strictObject({
  severity: Severity,
  title: v.pipe(v.string(), v.nonEmpty()),
  text: v.optional(v.string(), ''),
  to: v.optional(v.string()),
});
type AlertParams = v.InferOutput<typeof AlertParams>;

/** Raises an alert: its route says who is told, and when. It counts once, however often its effect comes. */
export const alert = defineAction({
  name: 'alert',
  kind: 'effect',
  description: 'Tells people: by the routes of alerts.json, or the destination that `to` names.',
  params: AlertParams,
  templates: ['title', 'text'],
  references: { to: 'destination' },
  carriesFacts: ['app_id', 'channel'],
  carriesAddresses: 'named',
  summary: ({ severity, to }) => `alert ${to ?? '{owner}'} (${severity})`,
  async deliver(params, { effect, subject, raise }) {
    return {
      did: await raise({
        key: effect.key,
        member: memberOf(params, effect, subject),
        at: subject.eventTime,
      }),
    };
  },
});

/** An alert as its group takes it in. */
export function memberOf(
  params: AlertParams,
  { rule, facts }: Pick<Effect, 'rule' | 'facts'>,
  { appId, channel = '', callbackId }: Pick<Subject, 'appId' | 'channel' | 'callbackId'>,
): RaisedAlert['member'] {
  const { name, owner, why, sentence = '', nextStep, labels = {} } = rule;
  return {
    ...params,
    rule: name,
    owner,
    app_id: appId,
    channel,
    labels,
    sentence,
    why,
    nextStep,
    facts,
    callbackId,
  };
}
