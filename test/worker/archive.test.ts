import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../src/services.ts';
import { bytesOf } from '../../src/simulator/large-files.ts';
import { env, openBox } from './box.ts';
import {
  base64,
  CALL,
  copying,
  DAY,
  expectKept,
  keep,
  letters,
  listed,
  MiB,
  night,
  PART,
  ranges,
  recording,
} from './recordings.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** The real bucket, which refuses one part once; and which of its uploads are open. */
function refusing(part: number): { readonly bucket: R2Bucket; readonly open: ReadonlySet<string> } {
  let refuses = true;
  const uploads = new Set<string>();
  const { ARCHIVE } = env;
  const bucket = {
    head: (key: string) => ARCHIVE.head(key),
    get: (key: string) => ARCHIVE.get(key),
    async createMultipartUpload(key: string, options: R2MultipartOptions) {
      const upload = await ARCHIVE.createMultipartUpload(key, options);
      uploads.add(upload.uploadId);
      return upload;
    },
    resumeMultipartUpload(key: string, id: string) {
      const upload = ARCHIVE.resumeMultipartUpload(key, id);
      return {
        async uploadPart(n: number, bytes: Uint8Array) {
          if (n !== part || !refuses) return upload.uploadPart(n, bytes);
          refuses = false;
          throw new Error(
            'uploadPart: We encountered an internal error. Please try again. (10001)',
          );
        },
        abort: () => upload.abort().finally(() => uploads.delete(id)),
        complete: (parts: R2UploadedPart[]) =>
          upload.complete(parts).finally(() => uploads.delete(id)),
      };
    },
  };
  // Copying asks a bucket for nothing else.
  return { bucket: bucket as unknown as R2Bucket, open: uploads };
}

describe('a copy that breaks off', () => {
  const bytes = 2 * PART + 1_234_567;
  const blind = { if_range: false, validator: 'none' };

  test.each([
    ['whose length is known', { length: true }, '"v1"'],
    ['whose length nobody says', { length: false }, '"v1"'],
    ['that has only a date', { validator: 'last-modified' }, 'Thu, 01 Jan 2026 00:01:00 GMT'],
  ])('of a file %s goes on behind its last part', async (_, order, validator) => {
    const box = openBox();
    await box.file('call.wav', { bytes, ...order, breaks: [PART + 99_999, 50_000, PART] });
    await box.take(recording());
    await box.drain(3600);
    expect(await ranges(box)).toEqual([
      [null, null, 200],
      [`bytes=${PART}-`, validator, 206],
      [`bytes=${PART}-`, validator, 206],
      [`bytes=${2 * PART}-`, validator, 206],
    ]);
    await expectKept(box, bytes);
  });

  test('exactly at its end is not fetched again', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 2 * PART, breaks: [2 * PART] });
    await box.take(recording());
    await box.drain(3600);
    expect(await ranges(box)).toEqual([[null, null, 200]]);
    await expectKept(box, 2 * PART);
  });

  test('exactly at an end that nobody said asks once more, and hears that this was all', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 2 * PART, length: false, breaks: [2 * PART] });
    await box.take(recording());
    await box.drain(3600);
    expect(await ranges(box)).toEqual([
      [null, null, 200],
      [`bytes=${2 * PART}-`, '"v1"', 416],
    ]);
    await expectKept(box, 2 * PART);
  });

  test.each([
    ['whose host gives no parts', { ranges: false }, ['"v1"', 200]],
    ['that has only a weak validator', { validator: 'weak' }, [null, 200]],
    ['that has no validator', { validator: 'none' }, [null, 200]],
    ['that came compressed', { headers: { 'content-encoding': 'identity' } }, [null, 200]],
  ])('of a file %s starts anew', async (_, order, [validator, status]) => {
    const box = openBox();
    await box.file('call.wav', { bytes, ...order, breaks: [PART + 1] });
    await box.take(recording());
    await box.drain(3600);
    expect(await ranges(box)).toEqual([
      [null, null, 200],
      [validator === null ? null : `bytes=${PART}-`, validator, status],
    ]);
    await expectKept(box, bytes);
  });

  test.each([
    ['and says so', { version: 2 }, [200]],
    ['and its host does not heed If-Range', { version: 2, if_range: false }, [206, 200]],
    ['to something longer', { version: 2, ...blind, bytes: bytes + 17 }, [206, 200]],
    [
      'and another part of it comes',
      { version: 2, ...blind, headers: { 'content-range': `bytes 0-9/${bytes}` } },
      [206, 200],
    ],
    [
      'to something shorter than what is there',
      { version: 2, bytes: 3 * MiB, if_range: false },
      [416, 200],
    ],
  ])('of a file that changed meanwhile %s starts anew', async (_, order, statuses) => {
    const box = openBox();
    await box.file('call.wav', { bytes, breaks: [PART + 1] });
    await box.take(recording());
    await box.drain();
    expect(await copying()).toMatchObject([{ bytes: PART, size: bytes, validator: '"v1"' }]);
    await box.file('call.wav', { bytes, ...order });
    await box.drain(3600);
    expect((await box.filesAsked()).map(({ status }) => status)).toEqual([200, ...statuses]);
    await expectKept(box, 'bytes' in order ? order.bytes : bytes, 2);
  });

  test('starts anew when R2 has lost its upload', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes, breaks: [PART + 1] });
    await box.take(recording());
    await box.drain();
    const [{ upload } = {}] = await copying();
    await env.ARCHIVE.resumeMultipartUpload('recordings/rec-1', String(upload)).abort();
    await box.drain(3600);
    expect((await box.filesAsked()).map(({ status }) => status)).toEqual([200, 206, 200]);
    await expectKept(box, bytes);
  });

  test.each([
    [
      1,
      [
        [null, null, 200],
        [null, null, 200],
      ],
    ],
    [
      2,
      [
        [null, null, 200],
        [`bytes=${PART}-`, '"v1"', 206],
      ],
    ],
  ])('because R2 did not take part %i is noted as far as it came, and no upload is left open', async (part, asked) => {
    const box = openBox();
    await box.file('call.wav', { bytes });
    const failing = refusing(part);
    const { archive } = open({ ...box.bindings, ARCHIVE: failing.bucket });
    const call = { url: CALL, key: 'recordings/rec-1', address: undefined, heardAt: Date.now() };
    await expect(archive.keep(call)).rejects.toMatchObject({ code: 'unavailable' });
    await archive.keep(call);
    expect(await ranges(box)).toEqual(asked);
    expect(failing.open).toEqual(new Set());
    await expectKept(box, bytes);
  });

  test('before its first part was full starts anew, and leaves one object', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 3 * MiB, breaks: [MiB, 2 * MiB] });
    await box.take(recording());
    await box.drain(3600);
    expect((await box.filesAsked()).map(({ range }) => range)).toEqual([null, null, null]);
    await expectKept(box, 3 * MiB);
  });

  test('and ends short without an error is no whole file', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes: 100, headers: { 'content-length': '200' }, length: false });
    await box.take(recording());
    await box.drain();
    expect(await listed(box)).toEqual([]);
    await box.file('call.wav', { bytes: 200 });
    await box.drain(3600);
    await expectKept(box, 200);
  });

  test('is given up when the rest is gone for good: a dead letter, and nothing left in R2', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes, breaks: [PART + 1] });
    await box.take(recording());
    await box.drain();
    const [{ upload } = {}] = await copying();
    await box.faults({ kind: 'files', answers: [403] });
    await box.drain(3600);
    expect(await letters(box)).toMatchObject([{ code: 'destination_refused' }]);
    expect(await copying()).toEqual([]);
    await expect(
      env.ARCHIVE.resumeMultipartUpload('recordings/rec-1', String(upload)).uploadPart(2, 'x'),
    ).rejects.toThrow('10024');
  });

  test('and has not gone on for three days is given up by the night', async () => {
    const box = openBox();
    await box.file('call.wav', { bytes, breaks: [PART + 1] });
    await expect(keep(box, 'recordings/rec-1')).rejects.toThrow('broke off');
    const [{ upload } = {}] = await copying();
    vi.setSystemTime(Date.now() + 2 * DAY);
    await night(box);
    expect(await copying()).toHaveLength(1);
    await env.ARCHIVE.put('recordings/rec-1', 'whole, and never noted');
    vi.setSystemTime(Date.now() + 2 * DAY);
    await night(box);
    expect(await copying()).toEqual([]);
    expect(await env.ARCHIVE.head('recordings/rec-1')).toBeNull();
    await expect(
      env.ARCHIVE.resumeMultipartUpload('recordings/rec-1', String(upload)).uploadPart(2, 'x'),
    ).rejects.toThrow('10024');
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
    expect(await copying()).toEqual([]);
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
  ])('in %s is compared, also of a file that came in two goes', async (_, headers) => {
    const box = openBox();
    await box.file('call.wav', { bytes, headers: await headers(), breaks: [PART + 1] });
    await box.take(recording());
    await box.drain(3600);
    expect((await box.filesAsked()).map(({ status }) => status)).toEqual([200, 206]);
    await expectKept(box, bytes);
  });

  test.each([
    ['small', 1_000],
    ['large', bytes],
  ])('is not that of a %s file: it is not kept, and fetched anew', async (_, size) => {
    const box = openBox();
    await box.file('call.wav', {
      bytes: size,
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
