import type { SenderRecord } from '../../../api/operating/senders.ts';
import type { Series } from '../../parts/plot.tsx';

const SECONDS: Readonly<Record<string, number>> = { second: 60, minute: 1, hour: 1 / 60 };

/** Messages a minute of a rate: `10/minute` is 10, `5/second` is 300, `0` is 0. */
function perMinute(rate: unknown): number | null {
  if (typeof rate !== 'string') return null;
  if (rate === '0') return 0;
  const [, amount, unit] = /^(\d+)\/(second|minute|hour)$/.exec(rate) ?? [];
  const factor = SECONDS[unit ?? ''];
  return factor === undefined ? null : Number(amount) * factor;
}

/** The limit of a sender over time, from its history: set by a record with `to`, lifted by one without. */
export function timelineOf(
  history: readonly SenderRecord[],
  now: number,
): { readonly times: readonly number[]; readonly series: readonly Series[] } {
  const points = history
    .filter(({ event }) => /thrott|limit|releas|lift|ramp|expire/.test(event))
    .map((record) => ({
      at: Date.parse(record.at) / 1000,
      limit: perMinute('to' in record ? record.to : undefined),
    }))
    .toSorted((a, b) => a.at - b.at);
  const last = points.at(-1);
  if (!last) return { times: [], series: [] };
  const closed = [...points, { at: now / 1000, limit: last.limit }];
  return {
    times: closed.map(({ at }) => at),
    series: [{ label: 'messages a minute', values: closed.map(({ limit }) => limit) }],
  };
}
