import * as v from 'valibot';
import { Severity } from '../rules/values.ts';
import { defineAction } from './action.ts';

/** Raises an alert: its route says who is told, and when. It counts once, however often its effect comes. */
export const alert = defineAction({
  name: 'alert',
  kind: 'effect',
  description: 'Tells people: by the routes of alerts.json, or the destination that `to` names.',
  params: v.strictObject({
    severity: Severity,
    title: v.pipe(v.string(), v.nonEmpty()),
    text: v.optional(v.string(), ''),
    to: v.optional(v.string()),
  }),
  templates: ['title', 'text'],
  names: { to: 'destination' },
  wants: ['app_id', 'channel'],
  says: ({ severity, to }) => `alert ${to ?? '{owner}'} (${severity})`,
  async deliver({ severity, title, text, to }, { effect, subject, raise }) {
    const { name, owner, why, sentence = '', nextStep, labels = {} } = effect.rule;
    const member = {
      rule: name,
      owner,
      severity,
      app_id: subject.appId,
      channel: subject.channel ?? '',
      labels,
      title,
      text,
      sentence,
      why,
      nextStep,
      facts: effect.facts,
      callbackId: subject.callbackId,
      to,
    };
    return { did: await raise({ key: effect.key, member, at: subject.eventTime }) };
  },
});
