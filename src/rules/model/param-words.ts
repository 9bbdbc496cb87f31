import * as v from 'valibot';
import { formatList } from './format.ts';
import { Duration, formatDuration, formatRate, Rate } from './values.ts';

/** A param of an action as a reader sees it: "10 a minute", "7 days", "100 a minute and 1000 a minute". */
export function paramWords(value: unknown): string {
  if (Array.isArray(value)) return formatList(value.map(paramWords), 'and');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  if (value !== '0' && v.is(Rate, value)) return formatRate(value);
  return v.is(Duration, value) ? formatDuration(value) : String(value);
}
