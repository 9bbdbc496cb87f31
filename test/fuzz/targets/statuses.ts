import type { Operation } from '../../../src/api/operation.ts';

/** Problems that any operation behind a token may return, as the API description states them. */
const PROBLEMS = [400, 401, 403, 404, 409, 503];

/** The statuses that the API description states for an operation. */
export const documented = ({ role, responses }: Operation): ReadonlySet<number> =>
  new Set([...(role === 'open' ? [] : PROBLEMS), ...Object.keys(responses).map(Number)]);
