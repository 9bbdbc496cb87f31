import { AppError } from '../errors.ts';
import { milliseconds } from '../rules/model/values.ts';

/** Parses a time or a duration ago into milliseconds since 1970. @throws AppError `bad_request` */
export function momentOf(text: string, now: number): number;
export function momentOf(text: string | undefined, now: number): number | undefined;
export function momentOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d+[smhd]$/.test(text) ? now - milliseconds(text) : Date.parse(text);
  if (Number.isNaN(at))
    throw new AppError(
      'bad_request',
      `"${text}" is no time: expected "2026-11-20T10:00:00Z" or "7d"`,
    );
  return at;
}
