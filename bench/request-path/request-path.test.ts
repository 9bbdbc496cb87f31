import { afterEach, expect, test, vi } from 'vitest';
import { openBox } from '../../test/worker/box.ts';
import { inbound, minutes, rating } from '../../test/worker/sample.ts';

/** Definitions (one file each), Durable Objects and what is shared by everything: not stations of the path. */
const ASIDE =
  /^src\/(errors|rules\/operators\/|actions\/[a-z-]+\.ts|callbacks\/(triggers|facts|shapes)\/|crypto\/)|^src\/objects\/(?!.*-client|record-state)/;

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test.each([
  ['a rating that throttles and alerts', rating('RED', minutes(-2)), rating('RED', minutes(-1))],
  ['a STOP', inbound('STOP', { id: '01JA' }), inbound('STOP', { id: '01JB' })],
])('lists the files on the path of %s', async (name, first, second) => {
  const box = openBox();
  await box.take(first);
  const files = new Set<string>();
  vi.stubGlobal('__files', files);
  const send = box.bindings.EFFECTS.sendBatch.bind(box.bindings.EFFECTS);
  let path: readonly string[] = [];
  vi.spyOn(box.bindings.EFFECTS, 'sendBatch').mockImplementation(async (...batch) => {
    path = [...files];
    return send(...batch);
  });
  await box.take(second);
  vi.stubGlobal('__files', undefined);
  const stations = path.filter((file) => !ASIDE.test(file));
  console.log(`${name}: ${stations.length} files (of ${path.length})\n${stations.join('\n')}`);
  expect(stations.length).toBeGreaterThan(0);
});
