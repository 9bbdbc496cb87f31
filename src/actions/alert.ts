import * as v from 'valibot';
import { Severity } from '../rules/model/values.ts';
import type { Effect, Subject } from '../work/effect.ts';
import { defineAction, type NewAlert } from './action.ts';

const Params = v.strictObject({
  severity: Severity,
  title: v.pipe(v.string(), v.nonEmpty()),
  text: v.optional(v.string(), ''),
  to: v.optional(v.string()),
});

/** Raises an alert: its route decides who is notified, and when. It counts once, however often its effect is delivered. */
export const alert = defineAction({
  name: 'alert',
  kind: 'effect',
  description:
    'Notifies people: by the routes of alerts.json, or at the destination that `to` names.',
  params: Params,
  templates: ['title', 'text'],
  references: { to: 'destination' },
  carriesFacts: ['app_id', 'channel'],
  carriesAddresses: 'named',
  holdable: true,
  budget: { count: 5_000, within: '1h', over: 'run' },
  summary: ({ severity, to }) => `alert ${to ?? '{owner}'} (${severity})`,
  alert: memberOf,
  async deliver(params, { effect, subject, raise }) {
    const member = memberOf(params, effect, subject);
    return { did: await raise({ key: effect.key, member, at: subject.eventTime }) };
  },
});

/** The alert as a member of its group. */
function memberOf(
  params: v.InferOutput<typeof Params>,
  { rule, facts }: Pick<Effect, 'rule' | 'facts'>,
  { appId, channel = '', callbackId }: Pick<Subject, 'appId' | 'channel' | 'callbackId'>,
): NewAlert['member'] {
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
