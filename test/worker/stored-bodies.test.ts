import { afterEach, expect, test, vi } from 'vitest';
import { prune } from '../../src/stores/prune.ts';
import { env, openBox } from './box.ts';
import { endPause } from './resume.ts';
import { APP } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const large = {
  app_id: APP,
  unsupported_callback: {
    channel: 'WHATSAPP',
    payload: JSON.stringify({ a: 'x'.repeat(150_000) }),
    id: '01JLARGE',
  },
};
/** A box whose clock is R2's own, which no test can set. */
async function openTimely() {
  const box = openBox();
  vi.setSystemTime((await env.ARCHIVE.put('clock', ''))?.uploaded ?? Date.now());
  return box;
}
const nights = (days: number): Promise<void> => prune(env, Date.now() + days * DAY);
const bodies = async () => (await env.ARCHIVE.list({ prefix: 'bodies/' })).objects.length;
const pause = {
  method: 'POST',
  body: JSON.stringify({
    kind: 'rule',
    name: 'unsupported-forwarded',
    actor: 'ines',
    reason: 'its receiver moves',
  }),
};

test('what is held longer than bodies are kept still has its body when it is let go', async () => {
  const box = await openTimely();
  await box.ask('/v1/pauses', pause);
  await box.take(large);
  await box.drain(60);
  await nights(20);
  await endPause(box, 'rule', 'unsupported-forwarded');
  await box.drain(60);
  expect(await box.arrivals('forward')).toMatchObject([{ answer: 200 }]);
  await nights(20);
  expect(await bodies()).toBe(0);
});

test('a dead letter can be replayed for as long as it is kept', async () => {
  const box = await openTimely();
  await box.faults({ kind: 'forward', answers: [400] });
  await box.take(large);
  await box.drain(60);
  await nights(20);
  const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
    dead_letters: { id: string }[];
  }>();
  for (const { id } of letters)
    await box.ask(`/v1/dead-letters/${id}/redeliver`, { method: 'POST' });
  await box.drain(60);
  expect((await box.arrivals('forward')).map(({ answer }) => answer)).toEqual([400, 200]);
  await nights(100);
  expect(await bodies()).toBe(0);
});
