import { expect } from 'vitest';
import { open } from '../../src/services.ts';
import { bytesOf } from '../../src/simulator/large-files.ts';
import worker from '../../src/worker.ts';
import { type Box, env } from './box.ts';
import { APP, minutes } from './sample.ts';

export const MiB = 1_048_576;
/** As in src/stores/recordings/archive.ts. */
export const PART = 5 * MiB;
export const DAY = 86_400_000;
/** The one file of most tests. */
export const CALL = 'https://storage.sinch.com/files/call.wav';

/** A recording’s callback. */
export const recording = (id = 'rec-1', url = CALL) => ({
  app_id: APP,
  accepted_time: minutes(-1),
  record_notification: {
    call_id: 'call-1',
    recording_id: id,
    recording_url: url,
    duration_seconds: 3,
    format: 'wav',
  },
});

const hex = (hash: ArrayBuffer): string =>
  Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
export const base64 = (hash: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(hash)));
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', bytes));

/** One of `GET /v1/recordings`. */
export interface Listed {
  key: string;
  at: string;
  bytes: number;
  type: string;
  sha256: string;
  until: string;
}
export const listed = async (box: Box): Promise<Listed[]> =>
  (await (await box.ask('/v1/recordings')).json<{ recordings: Listed[] }>()).recordings;
export const letters = async (box: Box) =>
  (
    await (
      await box.ask('/v1/dead-letters')
    ).json<{ dead_letters: { code: string; reason: string }[] }>()
  ).dead_letters;
/** The keys of copies that are not complete. */
export async function unfinished(): Promise<readonly string[]> {
  const rows = await env.DB.prepare('SELECT key FROM archived WHERE sha256 IS NULL').all<{
    key: string;
  }>();
  return rows.results.map(({ key }) => key);
}
/** The work of every night. */
export const night = (box: Box) =>
  Reflect.apply(worker.scheduled, worker, [
    {},
    box.bindings,
    { waitUntil: () => {}, passThroughOnException: () => {}, props: {} },
  ]);
/** Copies a file without any callback. */
export const keep = (box: Box, key: string, url = CALL) =>
  open(box.bindings).archive.keep({ url, key, address: undefined, eventTime: Date.now() });

/** The file is kept, whole, as this version of it, and its hash is right wherever it is told. */
export async function expectKept(box: Box, bytes: number, version = 1): Promise<void> {
  const whole = bytesOf(version, 0, bytes);
  const hash = await sha256(whole);
  expect(await listed(box)).toMatchObject([
    { key: 'recordings/rec-1', bytes, type: 'audio/wav', sha256: hash },
  ]);
  const file = await box.ask('/v1/recordings/recordings/rec-1');
  const kept = await file.arrayBuffer();
  expect(kept.byteLength).toBe(bytes);
  expect(await sha256(new Uint8Array(kept))).toBe(hash);
  expect(file.headers.get('repr-digest')).toBe(
    `sha-256=:${base64(await crypto.subtle.digest('SHA-256', whole))}:`,
  );
  expect(await unfinished()).toEqual([]);
}
