import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { changeConsent, Scope, scopeLabel } from './parts/consent.ts';

/** Records that a person opted out, before the callback is acknowledged. No pause holds it: a STOP counts at once. */
export const suppress = defineAction({
  name: 'suppress',
  kind: 'state',
  description:
    'Records that this person wants no more messages: all, marketing only, or notifications only. On a contact: at each of its addresses.',
  params: v.strictObject({
    scope: v.optional(described('What the person wants no more of.', Scope), 'all'),
  }),
  requiredFacts: ['channel', 'identity'],
  worksOnContacts: true,
  carriesFacts: ['text', 'opt_status'],
  repliesToPerson: true,
  holdable: false,
  budget: { count: 500, within: '1h', over: 'run' },
  undoneBy: 'signalbox consent undo',
  consent: 'out',
  summary: ({ scope }) => `stop ${scopeLabel[scope]} to this person`,
  run: ({ scope }, context) => changeConsent(scope, 'out', context),
});
