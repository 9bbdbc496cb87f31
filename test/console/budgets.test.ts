import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openContext, openTab } from './page.ts';

const KB = 1000;
const sizeOf = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).byteLength;

test('all scripts and styles together have at most 500 KB, compressed', () => {
  const files = globSync('public/console/**/*.{js,css,wasm}');
  expect(files.length).toBeGreaterThan(10);
  const size = files.reduce((sum, file) => sum + sizeOf(readFileSync(file)), 0);
  expect(size).toBeLessThanOrEqual(500 * KB);
});

test('the first screen needs at most 60 KB, compressed, and nothing is fetched ahead of need', async () => {
  const page = await openTab(await openContext());
  const loaded = new Map<string, number>();
  page.on('response', async (response) => {
    const path = new URL(response.url()).pathname;
    if (/\.(js|css|wasm)$/.test(path)) loaded.set(path, sizeOf(await response.body()));
  });
  await page.goto('/console/');
  await page.getByLabel('Token').waitFor();
  await page.waitForLoadState('networkidle');
  const total = [...loaded.values()].reduce((sum, size) => sum + size, 0);
  expect(total).toBeLessThanOrEqual(60 * KB);
  expect([...loaded.keys()].filter((path) => /code-editor|main|plot|worker/.test(path))).toEqual(
    [],
  );
});

test('the page comes with a strict policy, and an address of the API that is not there stays a 404', async () => {
  const page = await openTab(await openContext(), /404/);
  const answer = await page.goto('/console/rules/stop');
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'");
  expect((await page.request.get('/v1/nothing', { failOnStatusCode: false })).status()).toBe(404);
  for (const file of ['/console/assets/none.js', '/console/none.css'])
    expect((await page.request.get(file, { failOnStatusCode: false })).status()).toBe(404);
});
