import { inbound } from '../../sample.ts';
import { consentChanges, type Trial } from '../trial.ts';

export const trial: Trial = { callback: inbound('START'), did: consentChanges, once: 1 };
