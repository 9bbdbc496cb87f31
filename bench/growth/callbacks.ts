import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { firstOfEachTrigger, SEED, sample } from '../decide/regime.ts';
import { appName, DAY } from '../decide/regimes/equality.ts';
import { seeded } from '../decide/seeded.ts';

/** What a day of callbacks is drawn from. */
export interface Crowd {
  readonly callbacks: number;
  readonly apps: number;
  /** How many people they are about. */
  readonly people: number;
}

/** The first callback's time; the others follow evenly, a day long. */
const FIRST = Date.parse('2026-11-20T00:00:00Z');
const DAY_LONG = 24 * 60 * 60_000;

/** One in so many is of any trigger, the others are what most days bring: receipts, messages, capabilities. */
const RARE = 20;
const COMMON = [...DAY, 'capability-full', 'capability-none'];

/** What is another in each callback: keys of the samples, wherever they stand. */
const EVENT_IDS = [
  'id',
  'message_id',
  'event_id',
  'request_id',
  'batch_id',
  'recording_id',
  'call_id',
  'entity_id',
];
const VARIED = ['app_id', 'identity', 'contact_id', 'accepted_time', 'event_time', ...EVENT_IDS];

/** Writes callbacks into an NDJSON file: by the seed, so each time the same ones. */
export async function writeCallbacks(file: string, crowd: Crowd): Promise<void> {
  const common = await Promise.all(COMMON.map((name) => mouldOf(`${name}.json`)));
  const rare = await Promise.all((await firstOfEachTrigger()).map(mouldOf));
  await pipeline(Readable.from(linesOf(crowd, common, rare)), createWriteStream(file));
}

/** Lines by the hundred: a stream of single ones would spend its time on itself. */
function* linesOf(
  { callbacks, apps, people }: Crowd,
  common: readonly string[],
  rare: readonly string[],
): Generator<string> {
  const chance = seeded(SEED);
  let lines: string[] = [];
  for (let at = 0; at < callbacks; at++) {
    const moulds = at % RARE === 0 ? rare : common;
    const mould = moulds[chance.below(moulds.length)] ?? '{}';
    const person = String(chance.below(people)).padStart(7, '0');
    const time = new Date(FIRST + Math.floor((at * DAY_LONG) / callbacks)).toISOString();
    const fill: Readonly<Record<string, string>> = {
      app_id: appName(chance.below(apps)),
      identity: `1202${person}`,
      contact_id: `01JBENCHCONTACT${person}`,
      accepted_time: time,
      event_time: time,
    };
    lines.push(
      `${mould.replace(/\{\{(\w+)\}\}/g, (_, key: string) => fill[key] ?? `01JBENCHEVENT${at}`)}\n`,
    );
    if (lines.length < 100) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

/** A sample on one line, with `{{holes}}` for what is another in each callback. */
const mouldOf = async (name: string): Promise<string> =>
  JSON.stringify(await sample(name), (key, value) =>
    VARIED.includes(key) && typeof value === 'string' ? `{{${key}}}` : value,
  );
