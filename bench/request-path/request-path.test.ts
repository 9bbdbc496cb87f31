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

/** The most files from the request to the queue, and with the journal and the notes behind the answer. */
test.each([
  {
    name: 'a RED rating, up to the queue',
    first: rating('RED', minutes(-2)),
    second: rating('RED', minutes(-1)),
    most: 15,
  },
  {
    name: 'a STOP, to its journal entry',
    first: inbound('STOP', { id: '01JA' }),
    second: inbound('STOP', { id: '01JB' }),
    most: 24,
  },
])('the path of $name has at most $most files', async ({ name, first, second, most }) => {
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
  expect(stations.size).toBeLessThanOrEqual(most);
});
