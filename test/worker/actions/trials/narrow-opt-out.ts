import { opt } from '../../sample.ts';
import { consentChanges, type Trial } from '../trial.ts';

export const trial: Trial = {
  callback: opt('OPT_OUT_SUCCEEDED', '2026-11-20T11:55:00Z'),
  // Nothing was suppressed, so there is nothing to narrow.
  did: consentChanges,
  once: 0,
};
