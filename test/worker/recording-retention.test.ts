import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { bytesOf } from '../../src/simulator/large-files.ts';
import { Effect } from '../../src/work/effect.ts';
import { eventually } from '../setup/eventually.ts';
import { type Box, env, openBox } from './box.ts';
import {
  CALL,
  DAY,
  expectKept,
  keep,
  letters,
  listed,
  night,
  PART,
  recording,
  unfinished,
} from './recordings.ts';
import { APP, PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a recording', () => {
  test('is one object, although two rules ask for it at once', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: PART + 5 });
    await box.take(recording());
    const [queued] = box.line.waiting();
    const effect = v.parse(Effect, queued?.body);
    await box.bindings.EFFECTS.send({
      ...effect,
      key: 'another',
      rule: { ...effect.rule, name: 'another' },
    });
    await box.drain(3600);
    await expectKept(box, PART + 5);
    expect(await box.filesAsked()).toHaveLength(1);
  });

  test('is one object, although its callback comes many times at once', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: PART + 5 });
    box.line.times = 3;
    await Promise.all([box.take(recording()), box.take(recording()), box.take(recording())]);
    box.line.times = 1;
    await box.drain(3600);
    await expectKept(box, PART + 5);
    expect(await box.filesAsked()).toHaveLength(1);
    expect(await letters(box)).toEqual([]);
  });

  test('is whole and one although two copies of it run at the same time', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 2 * PART + 5 });
    await Promise.allSettled([keep(box, 'recordings/rec-1'), keep(box, 'recordings/rec-1')]);
    await keep(box, 'recordings/rec-1');
    await expectKept(box, 2 * PART + 5);
  });

  test('that was stored and never noted is noted, and not fetched again', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 1_000 });
    await env.ARCHIVE.put('recordings/rec-1', bytesOf(1, 0, 1_000), {
      httpMetadata: { contentType: 'audio/wav' },
    });
    await keep(box, 'recordings/rec-1');
    expect(await box.filesAsked()).toEqual([]);
    await expectKept(box, 1_000);
  });

  test('waits for room when many come at once, and uses up no tries', async () => {
    const box = openBox();
    for (let n = 0; n < 10; n++)
      await box.take(recording(`rec-${n}`, `https://storage.sinch.com/files/${n}.wav`));
    await box.drain(3600);
    expect(await listed(box)).toHaveLength(10);
    expect(await letters(box)).toEqual([]);
  });

  test('finds room again when the copies that held it never came back', async () => {
    const box = openBox();
    const { archive } = open(box.bindings);
    const call = (n: number) => ({
      url: CALL,
      key: `media/${n}`,
      address: undefined,
      eventTime: Date.now(),
    });
    await box.file('call.wav', { bytes: 10 });
    await box.faults({ kind: 'files', answers: ['hang', 'hang', 'hang', 'hang'] });
    for (const n of [1, 2, 3, 4]) archive.keep(call(n)).catch(() => {});
    await eventually(() => expect(fetch).toHaveBeenCalledTimes(4));
    expect(await archive.keep(call(5))).toEqual({
      later: 15,
      reason: 'other files are being copied',
    });
    vi.setSystemTime(Date.now() + 5 * 60_000 + 1);
    expect(await archive.keep(call(5))).toEqual({ did: 'kept as media/5 (10 bytes)' });
  });

  test('has a short key, however long its id', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 10 });
    await box.take(recording('é'.repeat(2_000)));
    await box.drain();
    expect((await listed(box)).map(({ key }) => key)).toEqual([
      expect.stringMatching(/^recordings\/[0-9A-Z]{26}$/),
    ]);
  });
});

describe('RECORDING_RETENTION', () => {
  test('ends what is older, file and row, and nothing else; the lookup said so', async () => {
    const box = openBox({}, { RECORDING_RETENTION: '30d' });
    await box.file('call.wav', { bytes: 10 });
    const first = Date.now();
    await keep(box, 'recordings/old');
    await keep(box, 'media/old');
    vi.setSystemTime(first + DAY);
    await keep(box, 'recordings/young');
    await env.ARCHIVE.put('bodies/else', 'x');
    const until = new Date(first + 30 * DAY);
    expect((await listed(box)).map((one) => [one.key, one.until])).toEqual([
      ['media/old', until.toISOString()],
      ['recordings/old', until.toISOString()],
      ['recordings/young', new Date(first + 31 * DAY).toISOString()],
    ]);
    const file = await box.ask('/v1/recordings/recordings/old');
    await file.arrayBuffer();
    expect(file.headers.get('sunset')).toBe(until.toUTCString());

    const files = async () =>
      [
        ...(await env.ARCHIVE.list({ prefix: 'recordings/' })).objects,
        ...(await env.ARCHIVE.list({ prefix: 'media/' })).objects,
      ].map(({ key }) => key);
    vi.setSystemTime(first + 30 * DAY);
    await night(box);
    expect(await files()).toHaveLength(3);
    vi.setSystemTime(first + 30 * DAY + 1);
    await night(box);
    expect(await files()).toEqual(['recordings/young']);
    expect((await listed(box)).map(({ key }) => key)).toEqual(['recordings/young']);
  });

  test('ends more than a thousand in one night', async () => {
    const box = openBox({}, { RECORDING_RETENTION: '1d' });
    await env.DB.prepare(
      `INSERT INTO archived (key, at, bytes, sha256, type)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2300) SELECT 'media/' || i, 1, 1, '', '' FROM n`,
    ).run();
    await night(box);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM archived').first('n')).toBe(0);
  });

  test('is 400 days where nobody says otherwise', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 10 });
    await keep(box, 'recordings/rec-1');
    const [{ at, until } = { at: '', until: '' }] = await listed(box);
    expect(Date.parse(until) - Date.parse(at)).toBe(400 * DAY);
  });
});

describe('erasing a person', () => {
  const erase = (box: Box) =>
    box.ask('/v1/erase', {
      method: 'POST',
      body: JSON.stringify({
        actor: 'ines',
        reason: 'she asked',
        channel: 'SMS',
        identity: PERSON,
      }),
    });
  const file = (eventTime: number) => ({
    url: CALL,
    key: 'media/m-1',
    address: { channel: 'SMS', identity: PERSON, appId: APP },
    eventTime,
  });

  test('removes what is kept, and a copy that was interrupted, which does not come back', async () => {
    const box = openBox();
    const eventTime = Date.now();
    await box.file('call.wav', { bytes: PART + 9, breaks: [PART + 1] });
    await expect(open(box.bindings).archive.keep(file(eventTime))).rejects.toThrow('broke off');
    await open(box.bindings).archive.keep({ ...file(eventTime), key: 'media/m-2' });
    expect((await listed(box)).map(({ key }) => key)).toEqual(['media/m-2']);
    expect((await erase(box)).status).toBe(200);
    expect([
      await unfinished(),
      await listed(box),
      (await env.ARCHIVE.list({ prefix: 'media/' })).objects,
    ]).toEqual([[], [], []]);
    expect(await open(box.bindings).archive.keep(file(eventTime))).toEqual({
      skipped: expect.stringContaining('erased'),
    });
    // What comes later is another matter.
    expect(await open(box.bindings).archive.keep(file(eventTime + 1))).toMatchObject({
      did: expect.any(String),
    });
  });

  test.each([
    ['small', 100],
    ['large', PART + 9],
  ])('while a %s file of theirs is on its way leaves nothing of it', async (_, bytes) => {
    const box = openBox();
    await box.file('call.wav', { bytes });
    const eventTime = Date.now();
    const answer = vi.mocked(fetch).getMockImplementation();
    vi.mocked(fetch).mockImplementationOnce(async (...request) => {
      expect((await erase(box)).status).toBe(200);
      return answer?.(...request) ?? Response.error();
    });
    expect(await open(box.bindings).archive.keep(file(eventTime))).toEqual({
      skipped: expect.stringContaining('erased'),
    });
    expect([await unfinished(), await listed(box), (await env.ARCHIVE.list()).objects]).toEqual([
      [],
      [],
      [],
    ]);
  });
});
