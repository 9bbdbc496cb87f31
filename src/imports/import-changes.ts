import type { ImportLine, ImportPerson } from '../api/consent/import.ts';
import { SCOPES, type Scope } from '../objects/recipients/consent.ts';
import type { PersonChanges } from '../objects/recipients/recipients-client.ts';

/** The name of a list, who imports it, and the reason. */
export interface Origin {
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
}

/** The changes that one line makes, and which scopes it allows or refuses: one of the two. */
export interface ImportedPerson extends PersonChanges {
  readonly allows: readonly Scope[];
  readonly refuses: readonly Scope[];
}

/** A line of a list: one change of a person's consent, or their whole history. */
export type ListEntry = ImportLine | ImportPerson;

/** Returns the scopes that the newest event of a line allows or refuses. */
function scopesOf(
  event: { to: 'in' | 'out' | 'hold'; scope: Scope } | undefined,
): Pick<ImportedPerson, 'allows' | 'refuses'> {
  const scopes = event?.scope === 'all' ? SCOPES : event ? [event.scope] : [];
  return event?.to === 'in' ? { allows: scopes, refuses: [] } : { allows: [], refuses: scopes };
}

/** Returns the changes that a line makes, or what is wrong with it. `now` in milliseconds since 1970. */
export const changesOf = (
  entry: ListEntry,
  origin: Origin,
  now: number,
): ImportedPerson | { readonly message: string } =>
  'history' in entry ? changesOfPerson(entry, origin, now) : changesOfLine(entry, origin, now);

/** An opt-in needs proof, an opt-out does not: without proof of consent nothing may be sent. */
function changesOfLine(
  { channel, identity, app_id, to, scope, at, words, evidence }: ImportLine,
  { name, actor, reason }: Origin,
  now: number,
): ImportedPerson | { message: string } {
  if (to === 'in') {
    if (at === undefined)
      return { message: 'at: is missing: an opt-in needs the time at which it was given' };
    if (at > now) return { message: 'at: is in the future' };
    if (!words && !evidence)
      return { message: 'evidence: is missing: an opt-in needs a proof, in evidence or in words' };
  }
  return {
    address: { channel, identity, appId: app_id },
    changes: [
      {
        key: `import/${name}/${to}/${scope}/${at ?? ''}${app_id ? `/${app_id}` : ''}`,
        ...{
          scope,
          to,
          source: 'import',
          app: app_id || undefined,
          words,
          evidence,
          actor,
          reason: `${reason} (list ${name})`,
        },
        // A wrong clock must not put a STOP after the person's later START.
        at: Math.min(at ?? now, now),
      },
    ],
    ...scopesOf({ to, scope }),
  };
}

/** Returns an event as it is imported. A near miss that waits for a decision elsewhere is never decided here, so it suppresses marketing. */
const closed = (event: ImportPerson['history'][number]): ImportPerson['history'][number] =>
  event.to === 'hold' && event.undone === undefined
    ? {
        ...event,
        to: 'out',
        scope: 'marketing',
        reason: 'its review was open when it was exported',
      }
    : event;

/** A history stays as it is; each event also records who imported it, and counts one hop more. */
function changesOfPerson(
  { channel, identity, app_id, history }: ImportPerson,
  { name, actor, reason }: Origin,
  now: number,
): ImportedPerson | { message: string } {
  const early = history.findIndex(({ at, to }) => to === 'in' && at > now);
  if (early >= 0) return { message: `history.${early}.at: is in the future` };
  const events = history.map(closed);
  const newest = events
    .filter(({ undone }) => undone === undefined)
    .toSorted((a, b) => b.at - a.at)[0];
  return {
    address: { channel, identity, appId: app_id },
    changes: events.map(({ decision, hops = 0, ...event }) => ({
      ...event,
      key: [
        'import',
        name,
        event.to,
        event.scope,
        event.at,
        event.source,
        event.app ?? '',
        hops,
        event.undone ? 'undone' : '',
      ].join('/'),
      callbackId: decision,
      at: Math.min(event.at, now),
      hops: hops + 1,
      imported: `${actor}: ${reason} (list ${name})`,
    })),
    ...scopesOf(newest),
  };
}
