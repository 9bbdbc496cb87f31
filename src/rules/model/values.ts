import * as v from 'valibot';

/** Adds the description of a key, for the reference and for editors. */
export const described = <const S extends v.GenericSchema>(words: string, schema: S) =>
  v.pipe(schema, v.description(words));

/** `"$schema": "./rule.schema.json"`, for editors. It has no effect on decisions. */
export const SchemaLine = v.optional(described('Lets your editor help.', v.string()));

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const A_SPAN = 'expected a duration like "30s", "10m", "1h" or "7d"';
const Span = v.pipe(v.string(A_SPAN), v.regex(/^[1-9]\d{0,5}[smhd]$/, A_SPAN));

/** A duration as authors write it: `30s`, `10m`, `1h`, `7d`. */
export const Duration = v.pipe(Span, v.examples(['30s', '10m', '1h', '7d']));

/** A duration after which something is no longer useful, usually hours. */
export const Lifetime = v.pipe(Span, v.examples(['6h', '1d']));

/** Milliseconds of a duration. */
export function milliseconds(duration: string): number {
  const unit = duration.slice(-1);
  return (
    Number(duration.slice(0, -1)) *
    (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNITS[unit] : Number.NaN)
  );
}

/** The longest delay of a queue message. Source: Cloudflare Queues, limits. */
export const LONGEST_WAIT = '12h';

/** A delay on a queue. A longer one is refused, because the queue would shorten it. */
export const Wait = v.pipe(
  Duration,
  v.check(
    (wait) => milliseconds(wait) <= milliseconds(LONGEST_WAIT),
    `expected at most "${LONGEST_WAIT}": a queue message cannot wait longer`,
  ),
);

const PER = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const;

const A_RATE = 'expected a rate like "10/minute", "5/second", "1000/hour" or "0"';

/** A rate as authors write it: `10/minute`, `5/second`, `1000/hour`, or `0` for no sends at all. */
export const Rate = v.pipe(
  v.string(A_RATE),
  v.regex(/^(0|[1-9]\d{0,8}\/(second|minute|hour))$/, A_RATE),
  v.examples(['10/minute', '5/second', '1000/hour', '0']),
);

/** Returns a rate as a count within milliseconds; `0` allows none in an hour. */
export function rateWindow(rate: string): { readonly count: number; readonly within: number } {
  const [count, unit] = rate.split('/');
  const within = unit === 'second' || unit === 'minute' ? PER[unit] : PER.hour;
  return { count: Number(count), within };
}

/** Returns a rate as sends per second. */
export function perSecond(rate: string): number {
  if (rate === '0') return 0;
  const [count, unit] = rate.split('/');
  return (
    (Number(count) * 1_000) /
    (unit === 'second' || unit === 'minute' || unit === 'hour' ? PER[unit] : Number.NaN)
  );
}

/** The purpose of a message. Limits apply to `marketing` by default, so that one-time passwords are not delayed. */
export const Content = v.picklist(['marketing', 'notification', 'other']);
export type Content = v.InferOutput<typeof Content>;

/** Alert severities, most urgent first. */
export const Severity = v.picklist(['critical', 'high', 'low']);
export type Severity = v.InferOutput<typeof Severity>;

const WORDS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** A duration in a sentence: "7 days", "1 hour". */
export function formatDuration(duration: string): string {
  const count = Number(duration.slice(0, -1));
  return `${count} ${WORDS[duration.slice(-1)] ?? ''}${count === 1 ? '' : 's'}`;
}

/** A rate in a sentence: "10 a minute", "nothing". */
export const formatRate = (rate: string): string =>
  rate === '0' ? 'nothing' : rate.replace('/', ' a ').replace('a hour', 'an hour');

/** What the schemas say of a day that `isRealDay` refuses. */
export const NO_SUCH_DAY = 'this month has no such day';

/** Returns the last day of the month of a time; undefined for a text that does not begin with a day. */
export function lastDayOf(time: string): number | undefined {
  const [, year, month] = /^(\d{4})-(\d\d)-\d\d/.exec(time) ?? [];
  return year === undefined
    ? undefined
    : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/** Returns whether the day of a time exists: 31 February parses as 3 March. */
export const isRealDay = (time: string): boolean => {
  const last = lastDayOf(time);
  return last === undefined || Number(time.slice(8, 10)) <= last;
};
