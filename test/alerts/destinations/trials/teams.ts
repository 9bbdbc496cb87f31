import type { Trial } from '../trials.ts';

export const trial: Trial = { config: { url: { secret: 'DEST_TEAMS' } }, kind: 'teams' };
