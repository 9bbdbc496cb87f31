import { inbound } from '../../sample.ts';
import { consentChanges, type Trial } from '../trial.ts';

export const trial: Trial = { callback: inbound('STOP'), did: consentChanges, once: 1 };
