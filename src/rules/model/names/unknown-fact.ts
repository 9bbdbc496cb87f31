import { closest, nearestName } from '../closest.ts';
import { factEntry, factNames, factsWithValue } from '../facts.ts';
import { factHint, longerFactHint } from './other-names.ts';

/**
 * Returns the hint for a fact that does not exist: what people call so elsewhere, the fact that has the value among its own, or a
 * similar name.
 * @param value what it is compared with
 */
export const unknownFactHint = (name: string, value: unknown): string =>
  pathHint(name) ??
  factHint(name, factNames()) ??
  ownerHint(name, value) ??
  closest(name, factNames()) ??
  longerFactHint(name, factNames()) ??
  'any field can be reached by "fact": "payload" with a "path"';

/** The fact whose path a dotted name is: `metadata.order.id` is `order.id` of `metadata_json`. */
function pathHint(name: string): string | undefined {
  const [, first = '', path = ''] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
  const json = [first, `${first}_json`].find((one) => factEntry(one)?.type === 'json');
  return json && path !== '' ? `write "fact": "${json}", "path": "${path}"` : undefined;
}

/** The one fact that has all of the values among its known ones; of several, the one of a similar name. */
function ownerHint(name: string, value: unknown): string | undefined {
  const [first, ...more] = [value].flat();
  if (typeof first !== 'string') return undefined;
  const owners = factsWithValue(first).filter((owner) =>
    more.every((text) => typeof text === 'string' && factsWithValue(text).includes(owner)),
  );
  const meant = owners.length === 1 ? owners[0] : nearestName(name, owners);
  return meant && `did you mean "${meant}"?`;
}
