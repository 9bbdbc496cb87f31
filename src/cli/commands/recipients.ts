import * as v from 'valibot';
import { ExportLine, Recipient, RecipientChanged, Scope } from '../../api/consent/recipients.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, type ExitCode, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { refusalWords } from '../output/consent-words.ts';
import type { Shell } from '../shell.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import {
  askWorker,
  callWorker,
  queryOf,
  WORKER_OPTIONS,
  type WorkerAddress,
} from '../worker/ask-worker.ts';
import { importFile } from '../worker/import-file.ts';

const Verb = v.picklist(
  ['show', 'put', 'delete', 'export', 'import'],
  'expected show, put, delete, export or import',
);

const Input = v.object({
  verb: Verb,
  what: Text,
  identity: Text,
  scope: v.optional(Scope),
  app: Text,
  name: Text,
  apply: Flag,
  allowInvalid: Flag,
  fromLine: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d*$/, 'expected a line number'), v.transform(Number)),
    '1',
  ),
  cursor: Text,
  ...ACTOR_INPUT,
  url: Text,
  token: Text,
  json: Flag,
});
type Input = v.InferOutput<typeof Input>;

/** `recipients`: what people refuse; by hand, and whole lists in and out. */
export const recipients = defineCommand({
  usage: 'recipients <verb> [what] [identity]',
  description: 'Show or change what a person refuses, and import or export the list.',
  examples: [
    'recipients show SMS +46701740605',
    'recipients put SMS +46701740605 --scope marketing --reason "by phone"',
    'recipients import optouts.csv --apply --reason "migration"',
  ],
  failsIf: 'a line of the list cannot be read',
  options: [
    {
      flags: '--scope <scope>',
      description: 'put, delete: all (default), marketing or notification',
    },
    {
      flags: '--app <app>',
      description: 'the app, where identities belong to one (Messenger, Instagram, …)',
    },
    {
      flags: '--apply',
      description: 'import: apply the list (without it, print the changes only)',
    },
    {
      flags: '--allow-invalid',
      description: 'import: apply the valid lines, although more than 5 % are invalid',
    },
    {
      flags: '--name <name>',
      description:
        'import: name of the list (default: the file’s name); each line counts once per name',
    },
    { flags: '--from-line <number>', description: 'import: continue at this line' },
    { flags: '--cursor <cursor>', description: 'export: continue after the line with this cursor' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: Input,
  async run(input, shell) {
    const { verb, what, identity, name, apply, allowInvalid, fromLine, cursor, json } = input;
    const address = { url: input.url, token: input.token };
    if (verb === 'export') return exportAll(cursor, address, shell);
    if (verb === 'import') {
      if (!what)
        throw new AppError(
          'bad_request',
          'import what? A file: signalbox recipients import list.csv',
        );
      const hand = await readActor(input, shell);
      return importFile(
        { file: what, name, apply, allowInvalid, fromLine, json, hand },
        address,
        shell,
      );
    }
    if (!what || !identity)
      throw new AppError('bad_request', `say whom: signalbox recipients ${verb} SMS +12025550142`);
    const person = await (verb === 'show' ? show : changing[verb])(
      input,
      what,
      identity,
      address,
      shell,
    );
    if (json) shell.out(JSON.stringify(person));
    else
      for (const line of linesOf(`${what.toUpperCase()} ${identity}`, person, shell.zone))
        shell.out(line);
    return 0;
  },
});

type Step<T> = (
  input: Input,
  channel: string,
  identity: string,
  address: WorkerAddress,
  shell: Shell,
) => Promise<T>;

const pathOf = (channel: string, identity: string): string =>
  `/v1/recipients/${encodeURIComponent(channel)}/${encodeURIComponent(identity)}`;

const show: Step<Recipient> = ({ app }, channel, identity, address, shell) =>
  askWorker(`${pathOf(channel, identity)}${queryOf({ app_id: app })}`, Recipient, address, shell);

const changing: Readonly<Record<'put' | 'delete', Step<RecipientChanged>>> = {
  async put({ app, scope, ...hand }, channel, identity, address, shell) {
    const path = `${pathOf(channel, identity)}${queryOf({ app_id: app })}`;
    const body = { ...(await readActor(hand, shell)), ...(scope && { scope }) };
    return askWorker(path, RecipientChanged, address, shell, jsonRequest('PUT', body));
  },
  async delete({ app, scope, ...hand }, channel, identity, address, shell) {
    const query = queryOf({ app_id: app, scope, ...(await readActor(hand, shell)) });
    return askWorker(`${pathOf(channel, identity)}${query}`, RecipientChanged, address, shell, {
      method: 'DELETE',
    });
  },
};

/** A person in words: what counts, then all that led there. */
function linesOf(
  name: string,
  { scopes, since, history, capability, last_delivery }: Recipient,
  zone: string,
): readonly string[] {
  const rows = history.map(
    ({
      at,
      scope,
      to,
      source,
      words,
      evidence,
      rule,
      actor,
      reason,
      imported,
      undone,
      decision,
    }) => [
      clock(at, zone),
      `${undone === undefined ? '' : 'no longer '}${to === 'out' ? 'stops' : 'allows'}`,
      scope,
      source,
      [
        words ? `“${words}”` : '',
        evidence ?? '',
        actor ?? '',
        reason ?? '',
        rule ? `rule ${rule}` : '',
        imported ? `imported by ${imported}` : '',
        undone ? `taken back by ${undone}` : '',
      ]
        .filter(Boolean)
        .join(', '),
      decision ?? '',
    ],
  );
  return [
    `${name} ${refusalWords(scopes)}${since ? ` since ${clock(since, zone)}` : ''}`,
    ...capability.map(
      ({ channel, status, at, app_id: app, unknown_at: unknown, display_name: name }) =>
        `  ${channel} said ${status} at ${clock(at, zone)}${app ? ` to ${app}` : ''}${unknown ? `, and nothing certain at ${clock(unknown, zone)}` : ''}${name ? ` (${name})` : ''}`,
    ),
    ...last_delivery.map(
      ({ channel, status, at, message_id: id }) =>
        `  ${channel} ${status} at ${clock(at, zone)}: ${id}`,
    ),
    ...(rows.length > 0 ? ['', ...columns(rows)] : []),
  ];
}

/** Everybody, page after page, until none is left. What broke off goes on behind its last line. */
async function exportAll(
  from: string | undefined,
  address: WorkerAddress,
  shell: Shell,
): Promise<ExitCode> {
  let cursor = from;
  for (;;) {
    const response = await callWorker(
      `/v1/recipients/export${queryOf({ cursor })}`,
      address,
      shell,
    );
    const before = cursor;
    try {
      for await (const text of textsOf(response)) {
        shell.out(text);
        cursor = v.parse(v.pipe(v.string(), v.parseJson(), ExportLine), text).cursor;
      }
    } catch (cause) {
      throw new AppError(
        'unavailable',
        `the export broke off: go on with --cursor ${cursor ?? '0:'}`,
        { cause },
      );
    }
    if (cursor === before) return 0;
  }
}

/** Whole lines as they come. A last one without its end is left out: it may be half. */
async function* textsOf({ body }: Response): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of (body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream())) {
    const texts = (held + chunk).split('\n');
    held = texts.pop() ?? '';
    yield* texts;
  }
}
