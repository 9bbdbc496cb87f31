import { afterEach, expect, test, vi } from 'vitest';
import { enqueue } from '../../../src/pipeline/enqueue.ts';
import { operatorAlert } from '../../../src/pipeline/operator-alert.ts';
import { open } from '../../../src/services.ts';
import { openBox } from '../box.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

test.each([
  ['a hundred messages', 250, 'short', [100, 100, 50]],
  ['256 KB', 5, 'x'.repeat(90_000), [2, 2, 1]],
])('much work leaves in batches of %s at most', async (_, count, text, batches) => {
  const box = openBox();
  const work = Array.from({ length: count }, (_, n) =>
    operatorAlert({ title: `trouble ${n}`, text }, Date.now()),
  );
  await enqueue(work, open(box.bindings));
  expect(box.line.batches).toEqual(batches);
  expect(box.line.waiting()).toHaveLength(count);
});
