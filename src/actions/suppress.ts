import * as v from 'valibot';
import { defineAction } from './action.ts';
import { changeConsent, Scope, saidScope } from './parts/consent.ts';

/** Stops sending to a person, before the callback is acknowledged. */
export const suppress = defineAction({
  name: 'suppress',
  kind: 'state',
  description:
    'Puts on record that this person wants no more messages: all, marketing only, or notifications only.',
  params: v.strictObject({ scope: v.optional(Scope, 'all') }),
  requiredFacts: ['channel', 'identity'],
  carriesFacts: ['text', 'opt_status'],
  summary: ({ scope }) => `stop ${saidScope[scope]} to this person`,
  run: ({ scope }, context) => changeConsent(scope, 'out', context),
});
