import type { Invariant } from './observed.ts';

/**
 * How many messages of one effect may be in the queues at once. A send that fails after it took the
 * message leaves one more, and so does a callback that is redelivered: seven were the most in 700
 * runs, and what puts two for one soon has dozens.
 */
const MOST = 16;

/** What is repeated does not multiply. */
export const crowds: Invariant = {
  name: 'crowds',
  demands: `at most ${MOST} messages of one effect are in the queues at once, however often they are delivered`,
  check: (observed) =>
    [...observed.crowds]
      .filter(([, most]) => most > MOST)
      .map(([key, most]) => `${key}: ${most} messages were in the queues at once`),
};
