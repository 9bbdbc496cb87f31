import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/simulator/large-files.ts';
import { open } from '../../src/simulator/opened.ts';

describe('files', () => {
  test.each([
    ['recording.wav', 'audio/wav'],
    ['recording.mp3', 'audio/mpeg'],
    ['a/photo.png', 'image/png'],
    ['note.txt', 'text/plain'],
  ])('gives %s as %s', async (name, type) => {
    const { get } = await open();
    const answer = await get(`/files/${name}`, {});
    expect(answer.headers.get('content-type')).toBe(type);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  test('are as large as asked', async () => {
    const { get } = await open();
    expect((await (await get('/files/big.wav?bytes=100000', {})).arrayBuffer()).byteLength).toBe(
      100_000,
    );
  });

  test('are what was said of them: broken off, in parts, changed, as long as their host says or keeps to itself', async () => {
    const { sinch } = await open();
    const put = (order: object) =>
      sinch.request('/files/call.wav', {
        method: 'PUT',
        body: JSON.stringify({ bytes: 100_000, ...order }),
      });
    const ask = (range: string, validator = '"v1"') =>
      sinch.request('/files/call.wav', { headers: { range, 'if-range': validator } });
    expect((await put({ breaks: [70_000] })).status).toBe(204);
    await expect((await sinch.request('/files/call.wav')).arrayBuffer()).rejects.toThrow('broke');
    const rest = await ask('bytes=70000-');
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      'bytes 70000-99999/100000',
    ]);
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytesOf(1, 70_000, 100_000));
    expect((await ask('bytes=100000-')).status).toBe(416);
    await put({ version: 2, length: false });
    const whole = await ask('bytes=70000-');
    expect([whole.status, whole.headers.get('content-length')]).toEqual([200, null]);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytesOf(2, 0, 100_000));
    expect((await put({ bytes: -1 })).status).toBe(400);
    expect(await (await sinch.request('/files')).json()).toMatchObject({
      asked: [
        { status: 200, range: null },
        { status: 206 },
        { status: 416 },
        { status: 200, range: 'bytes=70000-' },
      ],
    });
  });

  test('do not exist with an unknown ending', async () => {
    const { get } = await open();
    expect((await get('/files/gone.mp4', {})).status).toBe(404);
  });
});
