import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import type { Limit } from '../../../src/objects/senders/limits.ts';
import type { RatingNote } from '../../../src/objects/senders/senders.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
export const NOW = Date.parse('2100-01-01T00:00:00Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const NAME = 'app-1:WHATSAPP';
export const sender = (name = NAME) => env.SENDERS.getByName(name);

export const limit = (more: Partial<Limit> = {}): Limit => ({
  rule: 'quality-red',
  rate: '10/minute',
  content: 'marketing',
  until: NOW + 7 * DAY,
  at: NOW,
  callbackId: 'callback-1',
  ...more,
});

export const rated = (rating: string, at: number, callbackId = `${rating}-${at}`): RatingNote => ({
  rating,
  at,
  callbackId,
});

/** RPC carries plain objects only. */
export const record = <T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T> => fc.record<T>(model, { noNullPrototype: true });
