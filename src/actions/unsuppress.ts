import * as v from 'valibot';
import { described } from '../rules/model/values.ts';
import { defineAction } from './action.ts';
import { changeConsent, Scope, scopeLabel } from './parts/consent.ts';

/** Lifts a suppression that a keyword or an opt-out set, never one that a person set by hand. */
export const unsuppress = defineAction({
  name: 'unsuppress',
  kind: 'state',
  description:
    'Records that this person wants messages again. Lifts what a keyword or an opt-out set, never what was set by hand.',
  params: v.strictObject({
    scope: v.optional(described('What the person wants again.', Scope), 'all'),
  }),
  requiredFacts: ['channel', 'identity'],
  carriesFacts: ['text', 'opt_status'],
  repliesToPerson: true,
  holdable: true,
  budget: { count: 500, within: '1h', over: 'hold' },
  consent: 'in',
  summary: ({ scope }) => `allow ${scopeLabel[scope]} to this person again`,
  undoes: ({ scope }, { action, params }) =>
    action === 'suppress' &&
    'scope' in params &&
    (scope === 'all' || params.scope === 'all' || params.scope === scope),
  run: ({ scope }, context) => changeConsent(scope, 'in', context),
});
