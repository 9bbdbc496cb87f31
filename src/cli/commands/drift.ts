import * as v from 'valibot';
import { Drifts } from '../../api/decisions/decisions.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';

import { counted } from '../rules/checked-rules.ts';
import { clock, readSince } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `drift`: lists what Sinch sent and Signalbox did not know. */
export const drift = defineCommand({
  usage: 'drift',
  description:
    'List values and fields that Sinch sent and Signalbox did not know, each with an anonymous fixture.',
  examples: ['drift --since 30d'],
  failsIf: 'the Worker cannot be asked',
  options: [
    {
      flags: '--since <time>',
      description: 'first seen since: 7d or "2026-11-20 10:00" (default: 30d)',
    },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({ since: Text, url: Text, token: Text, json: Flag }),
  async run({ since, url, token, json }, shell) {
    const query = queryOf({ since: readSince('--since', since, shell) });
    const found = await askWorker(`/v1/drift${query}`, Drifts, { url, token }, shell);
    if (json) {
      shell.out(JSON.stringify(found));
      return 0;
    }
    const shown = new Set<string>();
    for (const { kind, trigger, name, value, at, callback, fixture } of found.drift) {
      const what = kind === 'trigger' ? name : `${trigger} ${name}${value ? ` = ${value}` : ''}`;
      shell.out(`${clock(at, shell.zone)}  new ${kind}: ${what}  (callback ${callback})`);
      if (shown.has(callback)) continue;
      shown.add(callback);
      shell.out(`  src/samples/callbacks/new-${callback.toLowerCase()}.json:`);
      for (const line of JSON.stringify(fixture, null, 2).split('\n')) shell.out(`    ${line}`);
    }
    shell.out(
      found.drift.length === 0
        ? 'nothing new'
        : `${counted(found.drift.length, 'thing')} that Signalbox did not know`,
    );
    return 0;
  },
});
