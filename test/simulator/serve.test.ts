import { describe, expect, onTestFinished, test } from 'vitest';
import { NOW } from '../../src/simulator/opened.ts';
import { serveSinch } from '../../src/simulator/serve.ts';

describe('served on a port', () => {
  const serve = async () => {
    const served = await serveSinch(0, { now: () => NOW });
    onTestFinished(served.close);
    return served;
  };

  test('answers as it does in-process', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/arrivals`)).json()).toEqual({ arrivals: [] });
  });

  test('drops the connection where the answer is to be none', async () => {
    const { url } = await serve();
    await fetch(`${url}/faults`, { method: 'POST', body: '{"answers":["none"]}' });
    await expect(fetch(`${url}/inbox/alerts`, { method: 'POST', body: '{}' })).rejects.toThrow(
      'fetch failed',
    );
    expect(await (await fetch(`${url}/arrivals`)).json()).toMatchObject({
      arrivals: [{ kind: 'alert', answer: 'none' }],
    });
  });

  test('says when its port is taken', async () => {
    const { url } = await serve();
    await expect(serveSinch(Number(new URL(url).port), { now: () => NOW })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
