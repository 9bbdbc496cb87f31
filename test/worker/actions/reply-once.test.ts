import { afterEach, expect, test, vi } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { type Box, openBox } from '../box.ts';
import { inbound, minutes } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const rule = (name: string, text: string, then: object[]) => ({
  [`${name}.json`]: {
    ...{ name, why: 'to try it', owner: 'tests', on: ['MESSAGE_INBOUND'] },
    ...{ when: { fact: 'text', operator: 'says', value: text }, then },
  },
});
const RULES = {
  ...rule('stop', 'STOP', [
    { action: 'suppress' },
    { action: 'reply', params: { text: 'You get no more messages from us.' } },
  ]),
  ...rule('stop-promo', 'STOP PROMO', [
    { action: 'suppress', params: { scope: 'marketing' } },
    { action: 'reply', params: { text: 'You get no more offers.' } },
  ]),
};

async function take(box: Box, callback: object): Promise<void> {
  const source = { rules: RULES, lists: {}, conditions: {}, alerts: {} };
  const { rulebook } = compile(source, actions, 'try');
  const body = new TextEncoder().encode(JSON.stringify(callback));
  const services = { ...open(box.bindings), rulebook: async () => rulebook };
  await ingest(await readCallback(body, Date.now()), services);
}
const sent = async (box: Box): Promise<number> => (await box.arrivals('messages:send')).length;

test('a STOP that is delivered again, after an earlier word came late, is confirmed once', async () => {
  const box = openBox();
  const stop = inbound('STOP', { id: '01JS1', at: minutes(-1) });
  await take(box, stop);
  await box.drain(60);
  expect(await sent(box)).toBe(1);
  // It happened first and came last: the STOP is the second change of this person now.
  await take(box, inbound('STOP PROMO', { id: '01JS0', at: minutes(-2) }));
  await take(box, stop);
  await box.drain(60);
  expect(await sent(box)).toBe(1);
});
