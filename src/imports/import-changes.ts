import type { ImportLine, ImportPerson } from '../api/import.ts';
import { SCOPES, type Scope } from '../objects/recipients/consent.ts';
import type { ListedPerson } from '../objects/recipients/recipients-client.ts';

/** Which list it is, and who takes it over why. */
export interface Origin {
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
}

/** A line as it goes on record, and which scopes it allows or refuses: one of the two. */
export interface Taken extends ListedPerson {
  readonly allows: readonly Scope[];
  readonly refuses: readonly Scope[];
}

/** A line, as it was read: a change of somebody's consent, or their whole history. */
export type ListEntry = ImportLine | ImportPerson;

/** What the newest event of a line is meant to change. */
function meaning(
  event: { to: 'in' | 'out'; scope: Scope } | undefined,
): Pick<Taken, 'allows' | 'refuses'> {
  const scopes = event?.scope === 'all' ? SCOPES : event ? [event.scope] : [];
  return event?.to === 'in' ? { allows: scopes, refuses: [] } : { allows: [], refuses: scopes };
}

/** What a line puts on record, or what is wrong with it. `now` in milliseconds. */
export const takenOf = (
  entry: ListEntry,
  origin: Origin,
  now: number,
): Taken | { readonly message: string } =>
  'history' in entry ? personOf(entry, origin, now) : lineOf(entry, origin, now);

/** An opt-out may be without proof. An opt-in may not: who has none must not be written to. */
function lineOf(
  { channel, identity, app_id, to, scope, at, words, evidence }: ImportLine,
  { name, actor, reason }: Origin,
  now: number,
): Taken | { message: string } {
  if (to === 'in') {
    if (at === undefined) return { message: 'at: is missing: an opt-in says when it was given' };
    if (at > now) return { message: 'at: lies in the future' };
    if (!words && !evidence)
      return { message: 'evidence: is missing: an opt-in says what proves it, here or in words' };
  }
  return {
    address: { channel, identity, appId: app_id },
    changes: [
      {
        key: `import/${name}/${to}/${scope}/${at ?? ''}`,
        ...{
          scope,
          to,
          source: 'import',
          words,
          evidence,
          actor,
          reason: `${reason} (list ${name})`,
        },
        // A wrong clock must not put somebody's STOP beyond the reach of their START.
        at: Math.min(at ?? now, now),
      },
    ],
    ...meaning({ to, scope }),
  };
}

/** A history keeps who said what and when, and tells who brought it here. */
function personOf(
  { channel, identity, app_id, history }: ImportPerson,
  { name, actor, reason }: Origin,
  now: number,
): Taken | { message: string } {
  const early = history.findIndex(({ at, to }) => to === 'in' && at > now);
  if (early >= 0) return { message: `history.${early}.at: lies in the future` };
  const newest = history
    .filter(({ undone }) => undone === undefined)
    .toSorted((a, b) => b.at - a.at)[0];
  return {
    address: { channel, identity, appId: app_id },
    changes: history.map(({ decision, hops = 0, ...event }) => ({
      ...event,
      key: [
        'import',
        name,
        event.to,
        event.scope,
        event.at,
        event.source,
        hops,
        event.undone ? 'undone' : '',
      ].join('/'),
      callbackId: decision,
      at: Math.min(event.at, now),
      hops: hops + 1,
      imported: `${actor}: ${reason} (list ${name})`,
    })),
    ...meaning(newest),
  };
}
