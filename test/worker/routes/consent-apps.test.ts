import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test, vi } from 'vitest';
import { shard } from '../../../src/objects/shards.ts';
import { openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { type Box, hand, lift, look, maySend, sms } from './asking.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = '01JBOXAPP0000000000000OTHE';
const to = (app: string, text: string, at: number) => ({
  ...inbound(text, { id: `01J${app}${text}`, at: minutes(at) }),
  app_id: app,
});
const allowed = async (box: Box, query = '') =>
  (
    await maySend(box, [sms('marketing'), { ...sms('marketing'), app_id: OTHER }], query)
  ).results.map((one) => one.allowed);

test('coming back to one app does not lift the STOP for another', async () => {
  const box = openBox();
  await box.take(to(APP, 'STOP', -10));
  expect(await allowed(box)).toEqual([false, false]);
  await box.take(to(OTHER, 'START', -5));
  expect(await allowed(box)).toEqual([false, true]);
  vi.setSystemTime(Date.now() + 1_000);
  const { person } = await look(box);
  await runDurableObjectAlarm(shard(env.RECIPIENTS, person));
  expect(await allowed(box, '?consistency=fast')).toEqual([false, true]);
  expect(await look(box)).toMatchObject({
    suppressed: true,
    apps: { [APP]: { all: true }, [OTHER]: { all: false } },
    other_apps: { all: true },
    history: [
      { to: 'out', app: APP },
      { to: 'in', app: OTHER },
    ],
  });
  expect(await look(box, `SMS/${PERSON}?app_id=${OTHER}`)).toMatchObject({ suppressed: false });
  const [line] = (await (await box.ask('/v1/recipients/export')).text()).split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({
    suppressed: true,
    apps: { [OTHER]: { all: false } },
  });
});

test('a setting narrows STOP to the app it was sent to', async () => {
  const box = openBox({}, { CONSENT_STOP_SCOPE: 'app' });
  await box.take(to(APP, 'STOP', -10));
  expect(await allowed(box)).toEqual([false, true]);
  expect(await look(box)).toMatchObject({ suppressed: true, other_apps: { all: false } });
});

test('an operator lifts for all apps, or for the one that he names', async () => {
  const box = openBox();
  await box.take(to(APP, 'STOP', -10));
  const query = new URLSearchParams(hand).toString();
  await lift(box, `${query}&app_id=${OTHER}`);
  expect(await allowed(box)).toEqual([false, true]);
  vi.setSystemTime(Date.now() + 1_000);
  await lift(box, query);
  expect(await allowed(box)).toEqual([true, true]);
});
