import { actionNamed } from '../../actions/index.ts';

/**
 * Returns a condition of SQL: none of these people and contacts was erased at or after the time of the event. A callback that is
 * delivered late or again after an erasure must not store the person again, whenever it arrives.
 * @param people the parameter with their keyed hashes, as a JSON list
 * @param eventTime the parameter with the time of the event, in milliseconds since 1970
 * @param erases the parameter that is 1 for an erasure: one that broke off is stored, so that it is completed
 */
export const notErased = (people: string, eventTime: string, erases = '0'): string =>
  `NOT EXISTS (SELECT 1 FROM erased_people WHERE person IN (SELECT value FROM json_each(${people}))
     AND at >= ${eventTime} AND (complete = 1 OR ${erases} = 0))`;

/** Returns the value of `erases` for an action. */
export const erasesPeople = (action: string): number => (actionNamed(action)?.erases ? 1 : 0);
