import * as v from 'valibot';
import { Backup, Backups, Restored, Undone } from '../../api/consent/consent.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, type ExitCode, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { clock, readSince } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, WORKER_OPTIONS, type WorkerAddress } from '../worker/ask-worker.ts';

/** How many shards the record has. */
const SHARDS = 16;

const Verb = v.picklist(
  ['backups', 'backup', 'restore', 'undo'],
  'expected backups, backup, restore or undo',
);

/** `consent`: the record as a whole: its backups, and taking back what a wrong rule did. */
export const consent = defineCommand({
  usage: 'consent <verb> [backup]',
  description: 'Back up and restore the consent record, or undo what a rule wrote to it.',
  examples: [
    'consent backups',
    'consent restore 2026-11-20 --reason "faulty import"',
    'consent undo --rule stop --since 2h --dry-run',
    'consent undo --rule stop --since "2026-11-20" --until "2026-11-21" --person 46701740605 --reason "wrong word"',
  ],
  failsIf: 'a part of the record could not be read or restored',
  options: [
    { flags: '--rule <name>', description: 'undo: the rule' },
    {
      flags: '--since <time>',
      description: 'undo: start of the period: 2h, 10:00 or "2026-11-20 10:00"',
    },
    { flags: '--until <time>', description: 'undo: end of the period (default: now)' },
    {
      flags: '--person <hash>',
      description: 'undo: only this person, by the address or the hash that --dry-run lists',
      many: true,
    },
    {
      flags: '--dry-run',
      description: 'undo: list the people and the changes, and change nothing',
    },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    verb: Verb,
    backup: Text,
    rule: Text,
    since: Text,
    until: Text,
    person: v.optional(v.array(v.string()), []),
    dryRun: Flag,
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run(
    { verb, backup, rule, since, until, person, dryRun, url, token, json, ...hand },
    shell,
  ) {
    const address = { url, token };
    const tell = (answer: object, words: string): 0 => {
      shell.out(json ? JSON.stringify(answer) : words);
      return 0;
    };
    if (verb === 'backups') {
      const { backups } = await askWorker('/v1/consent/backups', Backups, address, shell);
      const lines = columns(
        backups.map((backup) => [backup.name, counted(backup.rows, 'change'), lessWords(backup)]),
      );
      return tell(
        { backups },
        backups.length === 0 ? 'there is no backup yet: one is made each night' : lines.join('\n'),
      );
    }
    if (verb === 'backup') {
      const made = await askWorker('/v1/consent/backups', Backup, address, shell, {
        method: 'POST',
      });
      const less = lessWords(made);
      if (less)
        shell.err(
          `${less}: part of the record is gone. consent restore ${made.fullest.name} puts it back`,
        );
      return tell(made, `backed up ${counted(made.rows, 'change')} of consent as ${made.name}`);
    }
    if (verb === 'restore') {
      if (!backup)
        throw new AppError('bad_request', 'say which backup: signalbox consent restore 2026-11-20');
      return restore(backup, address, json, shell);
    }
    if (!rule || !since)
      throw new AppError(
        'bad_request',
        'say whose work and since when: --rule <name> --since <time>',
      );
    const period = {
      rule,
      since: readSince('--since', since, shell),
      until: readSince('--until', until, shell),
    };
    const undone = await undo(
      { ...period, ...(await readActor(hand, shell)) },
      { person, dryRun },
      address,
      shell,
    );
    if (!json && dryRun) for (const line of affectedLines(undone, shell.zone)) shell.out(line);
    return tell(undone, undoneWords(undone, `${rule} ${sinceWords(since)}`, dryRun));
  },
});

/** Undoes what a rule wrote, of everyone or of the people who are named by hash or address. @throws AppError `not_found` */
async function undo(
  words: object,
  { person, dryRun }: { readonly person: readonly string[]; readonly dryRun: boolean },
  address: WorkerAddress,
  shell: Shell,
): Promise<Undone> {
  const ask = (more: object) =>
    askWorker(
      '/v1/consent/undo',
      Undone,
      address,
      shell,
      jsonRequest('POST', { ...words, ...more }),
    );
  if (person.length === 0) return ask(dryRun ? { dry_run: true } : {});
  const all = await ask({ dry_run: true });
  const people = person.map((named) => hashOf(named, all));
  return ask({ people, ...(dryRun && { dry_run: true }) });
}

/** Returns the hash of a person who is named by it or by an address: `46701740605`, `SMS 46701740605`. */
function hashOf(named: string, { affected }: Undone): string {
  const [, channel, written = named] = named.match(/^([A-Z]+)[\s/:]+(.+)$/i) ?? [];
  const address = written.replace(/^\+/, '');
  const found = affected.find(
    (one) =>
      one.person === named ||
      (one.identity?.replace(/^\+/, '') === address &&
        (channel === undefined || one.channel === channel.toUpperCase())),
  );
  if (found) return found.person;
  throw new AppError(
    'not_found',
    `--person ${named}: this rule changed nothing of this person then. --dry-run lists the people`,
  );
}

/** The people and what the rule wrote of them, the newest first. */
function affectedLines({ affected, changes }: Undone, zone: string): readonly string[] {
  const rows = affected.map(({ person, channel, identity, at, scope, to }) => [
    clock(at, zone),
    channel ?? 'erased',
    identity ?? '',
    `${to === 'out' ? 'stopped' : 'allowed'} ${scope}`,
    person,
  ]);
  const more = affected.length === 0 ? 0 : changes - affected.length;
  return [...columns(rows), ...(more > 0 ? [`… and ${more} earlier changes`] : [])];
}

/** What was taken back, or would be. `whose`: a rule and since when. */
function undoneWords({ people, changes }: Undone, whose: string, dry: boolean): string {
  if (people === 0) return `no consent was changed by ${whose}: nothing to take back`;
  const what = `${counted(changes, 'change')} of consent of ${people} ${people === 1 ? 'person' : 'people'} by ${whose}`;
  if (dry) return `${what} would no longer count. Nothing was changed: without --dry-run it is`;
  return `${what} no longer ${changes === 1 ? 'counts' : 'count'}; the history keeps what was done`;
}

/** `since 2026-11-20T10:00:00Z`, `in the last 2h`. */
const sinceWords = (since: string): string =>
  /^\d+[smhd]$/.test(since) ? `in the last ${since}` : `since ${since}`;

/** The consent record only grows, so a smaller backup indicates a loss. */
const lessWords = ({ rows, fullest }: Backup): string =>
  rows < fullest.rows ? `${fullest.rows - rows} fewer than ${fullest.name}` : '';

/**
 * Restores every shard. Unreadable parts are named, the rest is restored, and the exit code is 1.
 */
async function restore(
  wanted: string,
  address: WorkerAddress,
  json: boolean,
  shell: Shell,
): Promise<ExitCode> {
  const { backups } = await askWorker('/v1/consent/backups', Backups, address, shell);
  const fullest = (some: readonly Backup[]): Backup | undefined =>
    some.toSorted((a, b) => b.rows - a.rows)[0];
  const meant = backups.filter(({ name }) => name === wanted || name.startsWith(`${wanted}T`));
  // Newest first, and of two equally full ones the first: the newest.
  const chosen = fullest(meant);
  if (!chosen)
    throw new AppError(
      'not_found',
      `there is no whole backup of ${wanted}: consent backups lists them`,
    );
  if (meant.length > 1)
    shell.err(
      `${wanted} has ${meant.length} backups: ${chosen.name} holds most, ${counted(chosen.rows, 'change')}`,
    );
  const whole = { backup: chosen.name, rows: 0, missing: 0, lost: [] as Restored['lost'] };
  for (let shard = 0; shard < SHARDS; shard++) {
    const part = await askWorker(
      '/v1/consent/restore',
      Restored,
      address,
      shell,
      jsonRequest('POST', { backup: chosen.name, shard }),
    );
    whole.rows += part.rows;
    whole.missing += part.missing;
    whole.lost.push(...part.lost);
  }
  const { rows, missing, lost } = whole;
  const { out, err } = shell;
  for (const { file, message } of lost) err(`${file}: ${message}`);
  const most = fullest(backups);
  if (most && most.rows > chosen.rows)
    err(
      `careful: ${most.name} holds ${counted(most.rows - chosen.rows, 'change')} more than this backup, and nothing ever leaves the record: consent restore ${most.name} puts back what is still missing`,
    );
  if (json) {
    out(JSON.stringify(whole));
    return lost.length > 0 ? 1 : 0;
  }
  const back =
    missing === 0
      ? 'none was missing'
      : `${missing} of them ${missing === 1 ? 'was missing and is' : 'were missing and are'} back`;
  const readable = lost.length === 0 ? 'holds' : 'still holds';
  out(`the backup ${chosen.name} ${readable} ${counted(rows, 'change')} of consent; ${back}`);
  if (lost.length === 0) return 0;
  err(
    `${counted(lost.length, 'file')} of this backup could not be read: an earlier one may hold the same (consent backups)`,
  );
  return 1;
}
