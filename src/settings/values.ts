import { isSupportedCountry } from 'libphonenumber-js/min';
import * as v from 'valibot';
import { NUMBERED_CHANNELS } from '../callbacks/person.ts';

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR, d: 24 * HOUR };
/** The longest delay of a queue message, in milliseconds. Source: limits of Cloudflare Queues. */
const LONGEST_QUEUE_DELAY = 12 * HOUR;

/** A text without the blanks around it. */
export const Text = (
  check: v.PipeItem<string, string, v.BaseIssue<unknown>> = v.check(() => true),
) => v.pipe(v.string(), v.trim(), check);

/** JSON: a list of secrets, the newest first. A message never repeats the value. */
export const Keys = v.pipe(
  v.string(),
  v.transform((text): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }),
  v.array(
    v.pipe(
      v.string('expected a text of at least 32 characters'),
      v.trim(),
      v.minLength(32, 'expected keys of at least 32 characters'),
    ),
    'expected JSON like ["newest key", "older key"]',
  ),
  v.minLength(1, 'expected at least one key'),
  v.maxLength(10, 'expected at most ten keys'),
  v.check((keys) => new Set(keys).size === keys.length, 'expected keys that differ'),
);

/** A duration like `2s` or `24h`, in milliseconds. */
export const Milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}[smhd]$/, 'expected a duration like "30s", "10m", "1h" or "7d"'),
  v.transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN)),
);

/** A duration, cut to the longest that a queue can delay a message. */
export const QueueDelay = v.pipe(
  Milliseconds,
  v.transform((delay) => Math.min(delay, LONGEST_QUEUE_DELAY)),
);

/** A number of bytes. */
export const Bytes = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,14}$/, 'expected a number of bytes'),
  v.transform(Number),
);

/** An absolute URL. */
export const Url = v.pipe(
  v.string(),
  v.url('expected an address like "https://signalbox.example.com"'),
);

/** A comma-separated list. */
export const Names = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
);

/** A comma-separated list in lower case. */
export const LowerNames = v.pipe(
  Names,
  v.transform((names) => names.map((name) => name.toLowerCase())),
);

/**
 * Channels that share one consent, as a map from each further channel to the first. Other channels never name the same
 * person. A misspelt channel is rejected: it would link nothing, permanently.
 */
export const Families = v.pipe(
  Names,
  v.array(
    v.picklist(NUMBERED_CHANNELS, `expected channels out of ${NUMBERED_CHANNELS.join(', ')}`),
  ),
  v.transform(
    ([family, ...linked]): Readonly<Record<string, string>> =>
      Object.fromEntries(linked.map((channel) => [channel, family ?? channel])),
  ),
);

/** A country that has phone numbers, by its ISO 3166 alpha-2 code. */
export const Country = v.pipe(
  v.string(),
  v.trim(),
  v.toUpperCase(),
  v.check((code) => isSupportedCountry(code), 'expected a country like "US" or "SE"'),
);

/** A part of the whole, from 0 to 1. */
export const Share = v.pipe(
  v.string(),
  v.regex(/^(0(\.\d{1,6})?|1)$/, 'expected a share from 0 to 1, like "0.001"'),
  v.transform(Number),
);

/** A rate of calls, like `20/second`. */
export const Rate = Text(
  v.regex(/^[1-9]\d{0,5}\/(second|minute|hour)$/, 'expected a rate like "20/second"'),
);
