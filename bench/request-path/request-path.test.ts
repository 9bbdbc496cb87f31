import { reset } from 'cloudflare:test';
import { afterEach, expect, test, vi } from 'vitest';
import { openBox } from '../../test/worker/box.ts';
import { inbound, minutes, rating } from '../../test/worker/sample.ts';

/**
 * Files that are no stations of the path: definitions (one file for each trigger, fact, operator,
 * action), the parts they share, errors, hashing, and the Durable Objects with their clients.
 */
const ASIDE =
  /^src\/(errors\.ts|actions\/|api\/|crypto\/|callbacks\/(triggers|facts|shapes)\/|objects\/(?!record-state))/;

/** The rules are a pure library with one entry: deciding is one station. */
const stationOf = (file: string): string => file.replace(/^src\/rules\/.*/, 'src/rules/');

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

test.each([
  ['a rating that throttles and alerts', rating('RED', minutes(-2)), rating('RED', minutes(-1))],
  ['a STOP', inbound('STOP', { id: '01JA' }), inbound('STOP', { id: '01JB' })],
])('lists the files on the path of %s', async (name, first, second) => {
  const box = openBox();
  // The first callback opens services and rulebook; the second takes the path of a warm isolate.
  await box.take(first);
  const files = new Set<string>();
  vi.stubGlobal('__files', files);
  const { EFFECTS } = box.bindings;
  const send = EFFECTS.sendBatch.bind(EFFECTS);
  let queued: readonly string[] | undefined;
  vi.spyOn(EFFECTS, 'sendBatch').mockImplementation(async (...batch) => {
    queued ??= [...files];
    return send(...batch);
  });
  await box.take(second);
  const path = queued ?? [...files];
  const stations = new Set(path.filter((file) => !ASIDE.test(file)).map(stationOf));
  console.log(`${name}: ${stations.size} files\n${[...stations].join('\n')}`);
  expect(stations).toContain('src/pipeline/dispatch.ts');
});
