import * as v from 'valibot';
import { type Change, ChangeFeed } from '../../api/consent/changes.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { clock } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `changes`: what changed for people, in order, and where to continue. */
export const changes = defineCommand({
  usage: 'changes',
  description:
    'List what changed, oldest first: consent given and withdrawn, merged contacts, capability, erasures. The last line says how to continue. With --json one change a line, and then {"next"}.',
  examples: ['changes --since 1d', 'changes --kinds consent_withdrawn,erased --json'],
  failsIf: 'the Worker does not answer, or changes behind the given cursor are no longer stored',
  options: [
    {
      flags: '--since <cursor>',
      description: 'where an earlier call ended, a time, or a duration ago (default: all)',
    },
    { flags: '--kinds <kinds>', description: 'only these, with commas: consent_given,erased' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({ since: Text, kinds: Text, url: Text, token: Text, json: Flag }),
  async run({ since, kinds, json, ...address }, shell) {
    let cursor = since;
    let missed = false;
    for (;;) {
      const query = queryOf({ since: cursor, kinds, limit: '200' });
      const page = await askWorker(`/v1/changes${query}`, ChangeFeed, address, shell);
      missed ||= page.missed;
      const lines = json
        ? page.changes.map((change) => JSON.stringify(change))
        : columns(page.changes.map((change) => rowOf(change, shell.zone)));
      for (const line of lines) shell.out(line);
      cursor = page.next;
      if (!page.more) break;
    }
    shell.out(json ? JSON.stringify({ next: cursor }) : `continue with: changes --since ${cursor}`);
    if (missed)
      shell.err(
        'changes behind this cursor are no longer stored (CHANGES_RETENTION): compare everything once, with recipients export',
      );
    return missed ? 1 : 0;
  },
});

function rowOf(change: Change, zone: string): readonly string[] {
  const start = [clock(change.at, zone), change.kind];
  switch (change.kind) {
    case 'contacts_merged':
      return [...start, `${change.deleted_contact_id} is ${change.preserved_contact_id} now`, ''];
    case 'erased':
      return [...start, change.subject, ''];
    case 'capability':
      return [...start, whoOf(change), `${change.previous ?? 'unknown'} → ${change.status}`];
    default:
      return [
        ...start,
        whoOf(change),
        `${change.scope ?? 'corrected'}, ${change.rule ?? change.source}`,
      ];
  }
}

const whoOf = ({
  channel,
  identity,
  person,
}: Exclude<Change, { kind: 'erased' | 'contacts_merged' }>) =>
  identity === null ? person : `${channel} ${identity}`;
