import * as v from 'valibot';
import { UnsupportedList, UnsupportedWithDraft } from '../../api/decisions/unsupported.ts';
import { pretty } from '../../authoring/pretty.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { clock } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `unsupported`: raw callbacks of channels that Sinch has no name for, and rules drafted from them. */
export const unsupported = defineCommand({
  usage: 'unsupported [id]',
  description:
    'List the newest raw UNSUPPORTED callbacks, or print one with a rule drafted from it. They may name people.',
  examples: ['unsupported --since 7d', 'unsupported 01JD0VSWACRE8FP058C3CN79XA'],
  failsIf: 'the Worker does not answer, or keeps no such callback',
  options: [
    { flags: '--since <time>', description: 'from this time or duration ago, like 7d' },
    { flags: '--channel <channel>', description: 'of this channel' },
    { flags: '--type <type>', description: 'of what the channel calls so' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    ...{ id: Text, since: Text, channel: Text, type: Text, url: Text, token: Text, json: Flag },
  }),
  async run({ id, since, channel, type, json, ...address }, shell) {
    if (id !== undefined) {
      const path = `/v1/unsupported/${encodeURIComponent(id)}`;
      const one = await askWorker(path, UnsupportedWithDraft, address, shell);
      const lines = [
        pretty(one.callback),
        'A rule for it, to be completed:',
        pretty(one.draft),
        `Write it to a file with: ${one.command}`,
      ];
      for (const line of json ? [JSON.stringify(one)] : lines) shell.out(line);
      return 0;
    }
    const query = queryOf({ since, channel, type, limit: '50' });
    const list = await askWorker(`/v1/unsupported${query}`, UnsupportedList, address, shell);
    const rows = list.unsupported.map((one) => [
      ...[clock(one.received_at, shell.zone), one.id, one.channel ?? '', one.type ?? ''],
      one.app_id,
    ]);
    const lines = rows.length === 0 ? ['no raw callbacks'] : columns(rows);
    for (const line of json ? [JSON.stringify(list)] : lines) shell.out(line);
    return 0;
  },
});
