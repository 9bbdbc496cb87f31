import * as v from 'valibot';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { listRulebooks, short } from '../worker/worker-rulebooks.ts';

/** `versions`: every rulebook that was published or deployed, and what was in force when. */
export const versions = defineCommand({
  usage: 'versions',
  description: 'List the rulebooks that a Worker stores, newest first, and the one in force.',
  examples: ['versions', 'versions --history'],
  failsIf: 'the Worker cannot be asked',
  options: [
    { flags: '--history', description: 'print the history: version, time, actor, reason, code' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({ history: Flag, url: Text, token: Text, json: Flag }),
  async run({ history: wanted, url, token, json }, shell) {
    const answer = await listRulebooks({ url, token }, shell);
    if (json) {
      shell.out(JSON.stringify(answer));
      return 0;
    }
    const rows = wanted
      ? answer.history.map(({ kind, version, at, actor, reason, code }) => [
          clock(at, shell.zone),
          kind,
          version === null ? (kind === 'shadow' ? 'none' : 'bundled') : short(version),
          actor,
          reason,
          code,
        ])
      : answer.versions.map(({ version, origin, author, message, at, rules, in_force, shadow }) => [
          in_force ? '→' : shadow ? '○' : '',
          short(version),
          // A deployment that was never replaced has no time.
          Date.parse(at) === 0 ? '' : clock(at, shell.zone),
          origin,
          counted(rules, 'rule'),
          author,
          message,
        ]);
    for (const line of columns(rows)) shell.out(line);
    if (rows.length === 0)
      shell.out(
        wanted ? 'nothing was ever put in force but the bundled rules' : 'nothing is kept yet',
      );
    if (!wanted)
      shell.out(
        `→ in force${answer.shadow === null ? '' : ', ○ in shadow'}. The Worker was deployed with ${short(answer.bundled)}.`,
      );
    return 0;
  },
});
