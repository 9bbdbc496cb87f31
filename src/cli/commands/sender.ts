import * as v from 'valibot';
import { byWhat, Sender, type SenderRecord } from '../../api/operating/senders.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { clock } from '../time.ts';
import { askWorker, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** Number of history entries that are printed. */
const SHOWN = 100;

/** `sender`: prints quality, limits and history of a sender. */
export const sender = defineCommand({
  usage: 'sender <app> <channel>',
  description: 'Show the quality of a sender, its messaging limit, its throttles and its history.',
  examples: ['sender 01JB1JEWE77B1WMNG5RADAGJ9R WHATSAPP'],
  failsIf: 'the Worker cannot be asked',
  options: [...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({ app: v.string(), channel: v.string(), url: Text, token: Text, json: Flag }),
  async run({ app, channel, url, token, json }, shell) {
    const path = `/v1/senders/${encodeURIComponent(app)}/${encodeURIComponent(channel)}`;
    const standing = await askWorker(path, Sender, { url, token }, shell);
    if (json) {
      shell.out(JSON.stringify(standing));
      return 0;
    }
    for (const line of standingLines(`${channel.toUpperCase()} of ${app}`, standing, shell.zone))
      shell.out(line);
    const { history } = standing;
    if (history.length > 0) shell.out('');
    if (history.length > SHOWN)
      shell.out(`… ${history.length - SHOWN} earlier ones: --json shows all`);
    for (const line of columns(history.slice(-SHOWN).map((one) => rowOf(one, shell.zone))))
      shell.out(line);
    return 0;
  },
});

function standingLines(
  name: string,
  { quality, since, messaging_limit: reach, limits }: Sender,
  zone: string,
): readonly string[] {
  const rated =
    quality === null
      ? 'no rating is known'
      : `${quality}${since ? ` since ${clock(since, zone)}` : ''}`;
  const limited = limits.map(
    ({ content, to, until, reason }) =>
      `  ${content} ${to === '0' ? 'stopped' : `at most ${to}`} until ${clock(until, zone)}, ${byWhat(reason)}`,
  );
  const reached = reach
    ? [`  messaging limit ${reach.limit} since ${clock(reach.since, zone)}`]
    : [];
  return [
    `${name}: ${rated}`,
    ...reached,
    ...(limited.length > 0 ? limited : ['  nothing limits it']),
  ];
}

/** What marks a kind of event on the way down. */
const MARKS: Readonly<Record<string, string>> = {
  rating: '●',
  messaging_limit: '●',
  limit: '▼',
  release: '▲',
};

/** Returns one entry of the history as a line: time, event, cause. */
function rowOf({ at, event, decision, ...more }: SenderRecord, zone: string): readonly string[] {
  const told = new Map(Object.entries(more).map(([name, value]) => [name, String(value)]));
  const { rating, limit, previous, content, to, until, rule } = Object.fromEntries(told);
  const words: Readonly<Record<string, string>> = {
    rating: `${rating}${previous ? `, was ${previous}` : ''}`,
    messaging_limit: `${limit}${previous ? `, was ${previous}` : ''}`,
    limit: `${content} ${to} until ${clock(until ?? '', zone)}, ${byWhat(rule ?? '')}`,
    release: rule ? `what ${rule} had set` : 'everything',
  };
  const others = () => [...told].map(([name, value]) => `${name} ${value}`).join(', ');
  return [
    clock(at, zone),
    `${MARKS[event] ?? '·'} ${event}`,
    words[event] ?? others(),
    String(decision ?? ''),
  ];
}
