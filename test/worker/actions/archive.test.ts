import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from '../box.ts';
import { reset } from '../storage.ts';
import { recording } from './bodies.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('archive', () => {
  test.each([
    ['a host that is not listed', 'https://evil.example/files/a.wav'],
    ['plain http', 'http://storage.sinch.com/files/a.wav'],
    ['no address at all', 'not an address'],
    ['a file that is not there', 'https://storage.sinch.com/nothing/a.mp3'],
  ])('%s goes to the dead letters with its reason, and one alert says so', async (_, url) => {
    const box = openBox();
    await box.take(recording(url));
    await box.drain();
    const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
      dead_letters: { code: string; reason: string }[];
    }>();
    expect(letters).toMatchObject([
      { code: 'destination_refused', reason: expect.stringContaining('archive:') },
    ]);
    expect(await box.arrivals('alert')).toHaveLength(1);
  });

  test('keeps one file a recording, which can be listed and fetched', async () => {
    const box = openBox();
    await box.take(recording('https://storage.sinch.com/files/rec-1.wav'));
    await box.drain();
    const { recordings } = await (await box.ask('/v1/recordings')).json<{
      recordings: { key: string; type: string; bytes: number }[];
    }>();
    expect(recordings).toMatchObject([{ key: 'recordings/rec-1', type: 'audio/wav' }]);
    const file = await box.ask('/v1/recordings/recordings/rec-1');
    expect(file.headers.get('content-disposition')).toBe('attachment');
    expect((await file.arrayBuffer()).byteLength).toBe(recordings[0]?.bytes);
    expect((await box.ask('/v1/recordings/recordings/none')).status).toBe(404);
  });

  test('names that only look alike as keys are two recordings, and both can be fetched', async () => {
    const box = openBox();
    for (const recording_id of ['samtal 7', 'samtal_7', '..']) {
      const { record_notification, ...rest } = recording(
        'https://storage.sinch.com/files/rec-1.wav',
      );
      await box.take({ ...rest, record_notification: { ...record_notification, recording_id } });
    }
    await box.drain();
    const { recordings } = await (await box.ask('/v1/recordings')).json<{
      recordings: { key: string }[];
    }>();
    expect(recordings).toHaveLength(3);
    for (const { key } of recordings)
      expect((await box.ask(`/v1/recordings/${key}`)).status).toBe(200);
  });

  test('a notice without an address is only on record', async () => {
    const box = openBox();
    await box.take(recording());
    await box.drain();
    expect((await env.ARCHIVE.list()).objects).toEqual([]);
    expect(await box.arrivals('alert')).toEqual([]);
  });
});
