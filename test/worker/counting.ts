import { expect } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { consumeJournal } from '../../src/journal/consume.ts';
import { consumeEffects } from '../../src/pipeline/consume.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import type { Effect, Work } from '../../src/work/effect.ts';
import type { Services } from '../../src/work/services.ts';
import { openBox } from './box.ts';
import { minutes, receipt } from './sample.ts';

/** A rule that tells when failures pile up on an app and channel. */
export const failures = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'failures-pile-up',
  why: 'Something is down.',
  owner: 'messaging-ops',
  on: ['MESSAGE_DELIVERY'],
  when: { fact: 'status', operator: 'equal', value: 'FAILED' },
  threshold: { count: 20, within: '10m', per: ['app_id', 'channel'] },
  cooldown: '1h',
  then: [
    { action: 'throttle', params: { to: '0', for: '1h' } },
    {
      action: 'alert',
      params: { severity: 'high', title: '{{count}} failures of {{app_id}} in {{within}}' },
    },
  ],
  ...over,
});
/** The same rule, telling of each failure. */
export const eachFailure = {
  ...failures({
    name: 'each-failure',
    then: [{ action: 'alert', params: { severity: 'low', title: 'A failure' } }],
  }),
  threshold: undefined,
  cooldown: undefined,
};
export const BATCH = 20;

/** A box in which other rules decide, and in which each call to a window's object is counted. */
export function openCounting(rules: readonly Record<string, unknown>[]) {
  const box = openBox();
  const sources = Object.fromEntries(rules.map((rule) => [`${rule.name}.json`, rule]));
  const { rulebook, findings } = compile(
    { rules: sources, lists: {}, conditions: {}, alerts: {} },
    actions,
    'test',
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const calls: string[] = [];
  const unreachable = new Set<string>();
  const effects: Effect[] = [];
  const journalled: Promise<unknown>[] = [];
  const services = (): Services => {
    const opened = open(box.bindings, (work) => void journalled.push(work));
    const { tallies } = opened.objects;
    const counting: typeof tallies = {
      forget: tallies.forget,
      async of(rule, group) {
        const tally = await tallies.of(rule, group);
        calls.push(group);
        if (unreachable.has(rule))
          return { ...tally, note: () => Promise.reject(new Error('the object is not there')) };
        return tally;
      },
    };
    return {
      ...opened,
      rulebook: async () => rulebook,
      objects: { ...opened.objects, tallies: counting },
    };
  };
  return {
    box,
    calls,
    /** Rules whose windows do not answer. */
    unreachable,
    /** What the rules let go out, in the order of its leaving. */
    effects,
    async take(body: object, receivedAt = Date.now()) {
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      return ingest(await readCallback(bytes, receivedAt), services());
    },
    /** Works off what is to be counted, as many messages at a time as the queue gives. */
    async drain(seconds = 0) {
      await Promise.all(journalled);
      await box.line.run(Date.now() + seconds * 1000, {
        effects: async (batch) => {
          const tallied = batch.messages.filter(({ body }) => (body as Work).kind === 'tally'); // our own message
          for (const { body } of batch.messages) {
            const work = body as Work; // our own message
            if (work.kind === 'effect') effects.push(work);
          }
          for (let at = 0; at < tallied.length; at += BATCH)
            await consumeEffects({ ...batch, messages: tallied.slice(at, at + BATCH) }, services());
          await Promise.all(journalled);
        },
        journal: async (batch) => consumeJournal(batch, services(), box.bindings),
      });
    },
  };
}
export const alerts = ({ effects }: ReturnType<typeof openCounting>) =>
  effects
    .filter(({ action }) => action === 'alert')
    .map(({ key, params, facts }) => ({ key, params, facts }));
export const onApp = (app: string, body: object) => ({ ...body, app_id: app });
export const failed = (id: string, after = 0, status = 'FAILED') =>
  receipt(id, status, { code: 'CHANNEL_FAILURE', at: minutes(after / 60) });
