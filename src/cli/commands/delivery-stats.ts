import Papa from 'papaparse';
import * as v from 'valibot';
import { DeliveryStats } from '../../api/delivery/delivery-stats.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { bar, columns } from '../output/columns.ts';
import type { Shell } from '../shell.ts';
import { clock, readSince } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

type Row = DeliveryStats['rows'][number];
type Figures = DeliveryStats['total'];

/** The groups of a bill: messages by app, channel and month. */
const BILLING = 'app_id,channel,month';

/** `delivery-stats`: how many messages were delivered, read or failed, and how fast. */
export const deliveryStats = defineCommand({
  usage: 'delivery-stats',
  description:
    'Count the messages that were delivered, read or failed, and how long it took. --csv prints them for accounting: by app, channel and month.',
  examples: [
    'delivery-stats --since 7d',
    'delivery-stats --since 30d --by channel,day --tz Europe/Stockholm',
    'delivery-stats --since 400d --csv',
  ],
  failsIf: 'the Worker cannot be asked',
  options: [
    {
      flags: '--since <time>',
      description: 'start of the period: 2026-11-20T10:00:00Z or 7d (default: 7d, --csv: 400d)',
    },
    { flags: '--until <time>', description: 'end of the period (default: now)' },
    {
      flags: '--by <groups>',
      description: `a list of app_id, channel, hour, day or month, status, reason_code (default: channel, --csv: ${BILLING})`,
    },
    { flags: '--tz <zone>', description: 'time zone of days and months (default: UTC)' },
    { flags: '--csv', description: 'print CSV' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    ...{ since: Text, until: Text, by: Text, tz: Text, csv: Flag },
    ...{ url: Text, token: Text, json: Flag },
  }),
  async run({ since, until, by, tz, csv, url, token, json }, shell) {
    const query = queryOf({
      since: readSince('--since', since, shell) ?? (csv ? '400d' : '7d'),
      until: readSince('--until', until, shell),
      group_by: by ?? (csv ? BILLING : 'channel'),
      tz,
    });
    const stats = await askWorker(
      `/v1/delivery-stats${query}`,
      DeliveryStats,
      { url, token },
      shell,
    );
    if (json) shell.out(JSON.stringify(stats));
    else if (csv) for (const line of csvOf(stats.rows)) shell.out(line);
    else tell(stats, shell);
    return 0;
  },
});

/** Groups in the order in which they are shown. */
const KEYS = ['month', 'day', 'hour', 'app_id', 'channel', 'status', 'reason_code'] as const;

/** Returns the values of a row's groups. */
function keysOf(row: Row): readonly (readonly [string, string])[] {
  const values = new Map<string, unknown>(Object.entries(row));
  return KEYS.flatMap((key) => {
    const value = values.get(key);
    return typeof value === 'string' ? [[key, value] as const] : [];
  });
}

function csvOf(rows: readonly Row[]): readonly string[] {
  const lines = rows.map((row) => ({
    ...Object.fromEntries(keysOf(row)),
    ...('messages' in row
      ? { messages: row.messages }
      : {
          submitted: row.submitted,
          delivered_or_read: row.reached,
          read: row.read,
          failed: row.failed,
        }),
  }));
  // `escapeFormulae`: a spreadsheet would run an app id or a reason that begins with "=".
  return lines.length === 0
    ? []
    : Papa.unparse(lines, { newline: '\n', escapeFormulae: true }).split('\n');
}

function tell({ since, until, tz, rows, total }: DeliveryStats, { out, zone }: Shell): void {
  const days = tz === zone ? '' : `, days of ${tz}`;
  out(`Messages from ${clock(since, zone)} to ${clock(until, zone)}${days}`);
  out(rows.length === 0 ? 'none was counted' : '');
  const names = [...new Set(rows.flatMap((row) => keysOf(row).map(([name]) => name)))];
  const labels = (row: Row): readonly string[] => {
    const own = new Map(keysOf(row));
    return names.map((name) => own.get(name) ?? '');
  };
  const counted = rows.flatMap((row) => ('messages' in row ? [row] : []));
  if (counted.length > 0) {
    const most = Math.max(...counted.map(({ messages }) => messages));
    const lines = counted.map((row) => [...labels(row), row.messages, bar(row.messages, most)]);
    for (const line of columns([[...names, 'messages', ''], ...lines])) out(line);
    return;
  }
  const head = [
    'submitted',
    'delivered',
    'read',
    'failed',
    'success',
    '',
    'read rate',
    'to delivered',
  ];
  const lines = rows.flatMap((row) => ('messages' in row ? [] : [[...labels(row), ...cells(row)]]));
  const sum = [...names.map((_, at) => (at === 0 ? 'all' : '')), ...cells(total)];
  for (const line of columns([[...names, ...head], ...lines, ...(rows.length > 1 ? [sum] : [])]))
    out(line);
  const reasons = Object.entries(total.failed_by_reason).toSorted(([, a], [, b]) => b - a);
  if (reasons.length === 0) return;
  out('');
  const most = Math.max(...reasons.map(([, count]) => count));
  for (const line of columns([
    ['failed because of', 'messages', ''],
    ...reasons.map(([reason, count]) => [reason || 'no reason', count, bar(count, most)]),
  ]))
    out(line);
}

/** The figures of a row; the bar is the share of success. */
function cells(figures: Figures): readonly (string | number)[] {
  const { submitted, reached, read, failed, success_rate, read_rate } = figures;
  const seconds = figures.seconds_to_delivered;
  return [
    ...[submitted, reached, read, failed],
    percent(success_rate),
    bar(success_rate ?? 0, 1, 10),
    percent(read_rate),
    seconds ? `${seconds.p50} s, p95 ${seconds.p95} s` : '',
  ];
}

const percent = (share: number | null): string =>
  share === null ? '' : `${(share * 100).toFixed(1)} %`;
