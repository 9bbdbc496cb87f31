import { applyD1Migrations } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { bytesOf } from '../../src/simulator/large-files.ts';
import { env, openBox } from './box.ts';
import {
  base64,
  CALL,
  expectKept,
  letters,
  listed,
  MiB,
  PART,
  recording,
  unfinished,
} from './recordings.ts';
import { PERSON } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const objects = async (): Promise<readonly R2Object[]> => (await env.ARCHIVE.list()).objects;

/** The real bucket, whose method of that name fails once; and which of its uploads are open. */
function failing(method: string): {
  readonly bucket: R2Bucket;
  readonly open: ReadonlySet<string>;
} {
  let fails = true;
  const uploads = new Set<string>();
  const once = <T>(name: string, target: T & object): T =>
    new Proxy(target, {
      get(_, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          if (key === name && fails) {
            fails = false;
            throw new Error(`${name}: We encountered an internal error. Please try again. (10001)`);
          }
          const result: unknown = await Reflect.apply(value, target, given);
          if (key === 'abort' || key === 'complete')
            uploads.delete(String(Reflect.get(target, 'uploadId')));
          if (key !== 'createMultipartUpload') return result;
          uploads.add(String(Reflect.get(Object(result), 'uploadId')));
          return once(name, Object(result));
        };
      },
    });
  return { bucket: once(method, env.ARCHIVE), open: uploads };
}

describe('a copy', () => {
  test.each([
    ['nothing', 0],
    ['one byte', 1],
    ['exactly one part', PART],
    ['one part and a byte', PART + 1],
    ['exactly two parts', 2 * PART],
    ['two parts and more', 2 * PART + 1_234_567],
  ])('of a file of %s is whole, whether or not its length is known', async (_, bytes) => {
    for (const length of [true, false]) {
      const box = openBox();
      await box.file('call.wav', { bytes, length });
      await box.take(recording());
      await box.drain(3600);
      await expectKept(box, bytes);
      expect(await box.filesAsked()).toHaveLength(1);
      await reset();
      await applyD1Migrations(env.DB, env.MIGRATIONS);
    }
  });

  test.each([
    ['known', true],
    ['unknown', false],
  ])('of a file of %s length that breaks off leaves nothing, and the queue repeats it', async (_, length) => {
    const box = openBox();
    const bytes = PART + 99;
    await box.file('call.wav', { bytes, length, breaks: [PART + 1, 0, 1_000] });
    await box.take(recording());
    await box.drain();
    expect(await objects()).toEqual([]);
    expect(await listed(box)).toEqual([]);
    await box.drain(3600);
    expect((await box.filesAsked()).map(({ range, status }) => [range, status])).toEqual(
      Array.from({ length: 4 }, () => [null, 200]),
    );
    await expectKept(box, bytes);
  });

  test('of a file that ends before its stated length, without an error, is not kept', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 100, headers: { 'content-length': '200' }, length: false });
    await box.take(recording());
    await box.drain();
    expect(await objects()).toEqual([]);
    await box.file('call.wav', { bytes: 200 });
    await box.drain(3600);
    await expectKept(box, 200);
  });

  test.each([
    ['put', true],
    ['createMultipartUpload', false],
    ['uploadPart', false],
    ['complete', false],
  ])('that R2 refuses in %s is tried again, and leaves no upload open', async (method, length) => {
    const box = openBox();
    const bytes = PART + 1_234;
    await box.file('call.wav', { bytes, length });
    const r2 = failing(method);
    const { archive } = open({ ...box.bindings, ARCHIVE: r2.bucket });
    const call = { url: CALL, key: 'recordings/rec-1', address: undefined, eventTime: Date.now() };
    await expect(archive.keep(call)).rejects.toMatchObject({ code: 'unavailable' });
    expect(r2.open).toEqual(new Set());
    expect(await objects()).toEqual([]);
    await archive.keep(call);
    expect(r2.open).toEqual(new Set());
    await expectKept(box, bytes);
  });

  test('of a person who was erased meanwhile is gone, although R2 took it and said otherwise', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 9 });
    const erase = () =>
      box.ask('/v1/erase', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel: 'SMS', identity: PERSON, actor: 'ines', reason: 'asked' }),
      });
    const unsure = new Proxy(env.ARCHIVE, {
      get(bucket, key) {
        const value: unknown = Reflect.get(bucket, key);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          if (key === 'put') await erase();
          const result: unknown = await Reflect.apply(value, bucket, given);
          if (key === 'put') throw new Error('put: Network connection lost.');
          return result;
        };
      },
    });
    const call = {
      ...{ url: CALL, key: 'recordings/rec-1', eventTime: Date.now() },
      address: { channel: 'SMS', identity: PERSON, appId: '' },
    };
    const { archive } = open({ ...box.bindings, ARCHIVE: unsure });
    await expect(archive.keep(call)).rejects.toMatchObject({ code: 'unavailable' });
    await box.drain(60);
    expect(await archive.keep(call)).toEqual({ skipped: 'the person’s data was erased meanwhile' });
    expect(await objects()).toEqual([]);
    expect(await unfinished()).toEqual([]);
  });

  test('is given up when the file is gone for good: a dead letter, and no row', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: PART + 9, breaks: [PART + 1] });
    await box.take(recording());
    await box.drain();
    expect(await unfinished()).toEqual(['recordings/rec-1']);
    await box.faults({ kind: 'files', answers: [403] });
    await box.drain(3600);
    expect(await letters(box)).toMatchObject([{ code: 'destination_refused' }]);
    expect(await unfinished()).toEqual([]);
    expect(await objects()).toEqual([]);
  });
});

describe('the cap of 100 MiB', () => {
  test('ends a file whose length nobody says in the middle, and leaves nothing of it', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 101 * MiB, length: false });
    await box.take(recording());
    await box.drain();
    expect(await letters(box)).toMatchObject([
      { code: 'destination_refused', reason: expect.stringContaining('104857600 bytes') },
    ]);
    expect(await unfinished()).toEqual([]);
    expect((await env.ARCHIVE.list()).objects).toEqual([]);
  });

  test('refuses a file that says that it is larger before anything of it is read', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 101 * MiB });
    await box.take(recording());
    await box.drain();
    expect(await letters(box)).toMatchObject([{ code: 'destination_refused' }]);
    expect((await env.ARCHIVE.list()).objects).toEqual([]);
  });
});

describe('the hash that a host states', () => {
  const bytes = PART + 1_000;
  const right = () => crypto.subtle.digest('SHA-256', bytesOf(1, 0, bytes));

  test.each([
    ['Repr-Digest', async () => ({ 'repr-digest': `sha-256=:${base64(await right())}:` })],
    ['Digest', async () => ({ digest: `SHA-256=${base64(await right())}` })],
    [
      'Content-MD5',
      async () => ({
        'content-md5': base64(await crypto.subtle.digest('MD5', bytesOf(1, 0, bytes))),
      }),
    ],
    [
      'no hash that we know',
      async () => ({ 'repr-digest': 'unixsum=30637', 'content-md5': 'not base64 !' }),
    ],
  ])('in %s is compared, whether or not the length is known', async (_, headers) => {
    for (const length of [true, false]) {
      const box = openBox();
      await box.file('call.wav', { bytes, length, headers: await headers() });
      await box.take(recording());
      await box.drain(3600);
      await expectKept(box, bytes);
      await reset();
      await applyD1Migrations(env.DB, env.MIGRATIONS);
    }
  });

  test.each([
    ['small', 1_000, true],
    ['large', bytes, true],
    ['small, of unknown length,', 1_000, false],
    ['large, of unknown length,', bytes, false],
  ])('is not that of a %s file: it is not kept, and fetched anew', async (_, size, length) => {
    const box = openBox();
    await box.file('call.wav', {
      bytes: size,
      length,
      headers: { 'repr-digest': `sha-256=:${base64(await right())}:` },
      version: 9,
    });
    await box.take(recording());
    await box.drain();
    expect(await listed(box)).toEqual([]);
    expect((await env.ARCHIVE.list({ prefix: 'recordings/' })).objects).toEqual([]);
    await box.file('call.wav', { bytes: size });
    await box.drain(3600);
    await expectKept(box, size);
  });
});
