import * as v from 'valibot';
import { described, Severity } from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { memberOf } from './parts/alert-member.ts';

const Params = v.strictObject({
  severity: described('How urgent it is: routes decide by it.', Severity),
  title: described('What happened, in a line.', v.pipe(v.string(), v.nonEmpty())),
  text: v.optional(described('What was done about it, and what to do next.', v.string()), ''),
  about: v.optional(
    described(
      'What it is about, like {{batch_id}}: each subject is an alert of its own.',
      v.string(),
    ),
    '',
  ),
  to: v.optional(described('One destination of alerts.json, in place of the routes.', v.string())),
});

/** Raises an alert: its route decides who is notified, and when. It counts once, however often its effect is delivered. */
export const alert = defineAction({
  name: 'alert',
  kind: 'effect',
  description:
    'Notifies people: by the routes of alerts.json, or at the destination that `to` names. `about` is the subject, such as `{{batch_id}}`: each subject is an alert of its own, and a group names them all. Without it the subject is the sender, and the group of a threshold.',
  params: Params,
  templates: ['title', 'text', 'about'],
  subject: { param: 'about', besides: ['app_id', 'channel'] },
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
