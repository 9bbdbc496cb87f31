import * as v from 'valibot';
import { Severity } from '../rules/values.ts';
import { defineAction } from './action.ts';

/** Tells people. Repeated when it is not known whether it went out: the receiver can tell by the id. */
export const alert = defineAction({
  name: 'alert',
  kind: 'effect',
  description: 'Tells people: a destination of alerts.json, or the default one.',
  params: v.strictObject({
    severity: Severity,
    title: v.pipe(v.string(), v.nonEmpty()),
    text: v.optional(v.string(), ''),
    to: v.optional(v.string()),
  }),
  templates: ['title', 'text'],
  says: ({ severity, to }) => `alert ${to ?? '{owner}'} (${severity})`,
  async deliver({ severity, title, text, to }, { effect, subject, tell }) {
    const told = await tell(
      {
        id: effect.key,
        severity,
        title,
        text,
        rule: effect.rule.name,
        owner: effect.rule.owner,
        why: effect.rule.why,
        facts: effect.facts,
        callbackId: subject.callbackId,
        at: subject.receivedAt,
      },
      to,
    );
    return { did: `told ${told}` };
  },
});
