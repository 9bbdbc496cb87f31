import type { Trial } from '../trials.ts';

export const trial: Trial = { config: { key: { secret: 'DEST_PAGER' } }, kind: 'pagerduty' };
