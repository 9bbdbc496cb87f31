import * as v from 'valibot';
import { Stats } from '../../api/decisions/decisions.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { bar, columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { clock, readSince } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `stats`: which rules fire and which never do, and what comes in. */
export const stats = defineCommand({
  usage: 'stats',
  description: 'Count what was received, which rules fired and which never did.',
  examples: ['stats --since 7d'],
  failsIf: 'the Worker cannot be asked',
  options: [
    {
      flags: '--since <time>',
      description: 'start of the period: 2026-11-20T10:00:00Z or 7d (default: 30d)',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({ since: Text, url: Text, token: Text, json: Flag }),
  async run({ since, url, token, json }, shell) {
    const query = queryOf({ since: readSince('--since', since, shell) });
    const counts = await askWorker(`/v1/stats${query}`, Stats, { url, token }, shell);
    if (json) shell.out(JSON.stringify(counts));
    else tell(counts, shell);
    return 0;
  },
});

function tell(counts: Stats, { out, zone }: Shell): void {
  const { since, journal_since: oldest } = counts;
  const reach =
    oldest !== null && oldest > since ? ` (the journal begins ${clock(oldest, zone)})` : '';
  out(`${counted(counts.callbacks, 'callback')} since ${clock(since, zone)}${reach}`);
  const busy = counts.rules.filter((rule) => rule.fired + rule.shadow + rule.erred > 0);
  const most = Math.max(0, ...busy.map(({ fired }) => fired));
  if (busy.length > 0) {
    out('');
    const rows = busy.map(({ rule, fired, shadow, erred, last_fired, in_force }) => [
      rule,
      fired,
      bar(fired, most),
      last_fired === null ? '' : clock(last_fired, zone),
      [
        shadow > 0 ? `${shadow} in shadow` : '',
        erred > 0 ? `${erred} could not be decided` : '',
        in_force ? '' : 'not in force',
      ]
        .filter(Boolean)
        .join(', '),
    ]);
    for (const line of columns([['rule', 'fired', '', 'last fired', ''], ...rows])) out(line);
  }
  if (counts.never_fired.length > 0) {
    out('');
    out(`not fired in 30 days (${counts.never_fired.length}): ${counts.never_fired.join(', ')}`);
  }
  group('trigger', counts.triggers, out);
  group('channel', counts.channels, out);
  group('reason code', counts.reason_codes, out);
}

function group(title: string, counts: Stats['triggers'], out: Shell['out']): void {
  if (counts.length === 0) return;
  const most = Math.max(...counts.map(({ callbacks }) => callbacks));
  out('');
  const rows = counts.map(({ name, callbacks }) => [name, callbacks, bar(callbacks, most)]);
  for (const line of columns([[title, 'callbacks', ''], ...rows])) out(line);
}
