import { afterEach, describe, expect, test, vi } from 'vitest';
import { actionNamed, actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { openBox } from '../box.ts';
import { reset } from '../storage.ts';
import type { Trial } from './trial.ts';

// One file for each action; Vite resolves the pattern.
const TRIALS = import.meta.glob<{ readonly trial: Trial }>('./trials/*.ts', { eager: true });
const trialOf = (name: string): Trial | undefined =>
  TRIALS[`./trials/${name.replaceAll('_', '-')}.ts`]?.trial;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe.each(actions)('$name', ({
  name,
  kind,
  params: schema,
  requiredFacts,
  summary,
  description,
}) => {
  const trial = trialOf(name);

  test('acts once however often, and however much at once, the same callback comes', async () => {
    if (!trial) throw new Error(`${name} has no trial in test/worker/actions/trials`);
    const box = openBox({}, {});
    box.line.times = 2;
    for (const callback of trial.before ?? []) await box.take(callback);
    const services = open(box.bindings);
    const rule = {
      name: 'trial',
      why: 'to try it',
      owner: 'tests',
      on: [
        'CHANNEL_EVENT',
        'MESSAGE_INBOUND',
        'MESSAGE_DELIVERY',
        'RECORD_NOTIFICATION',
        'CAPABILITY',
        'CONTACT_DELETE',
        'CONTACT_IDENTITIES_DUPLICATION',
        'OPT_OUT',
      ],
      when: { fact: 'trigger', operator: 'present' },
      then: [{ action: name, params: trial.params ?? {} }],
    };
    const { rulebook, findings } = compile(
      { rules: { 'trial.json': rule }, lists: {}, conditions: {}, alerts: {} },
      actions,
      'trial',
    );
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const again = async () =>
      ingest(
        await readCallback(new TextEncoder().encode(JSON.stringify(trial.callback)), Date.now()),
        {
          ...services,
          rulebook: async () => rulebook,
        },
      );
    await again();
    await Promise.all([again(), again()]);
    box.line.times = 1;
    await box.drain(3600);
    await again();
    await box.drain(3600);
    expect(await trial.did(box)).toEqual(trial.once);
  });

  test('has words, a strict schema and a kind that it keeps', () => {
    const action = actionNamed(name);
    expect(description).toMatch(/\.$/);
    expect(summary({ ...(trial?.params ?? {}) })).not.toMatch(/undefined|\[object/);
    expect(Object.hasOwn(schema, 'entries')).toBe(true);
    expect(
      schema['~run']({ value: { ...(trial?.params ?? {}), surprise: 1 } }, {}).issues,
    ).toHaveLength(1);
    expect([kind === 'state', kind === 'effect']).toEqual([
      action?.run !== undefined,
      action?.deliver !== undefined,
    ]);
    expect(requiredFacts).toEqual([...new Set(requiredFacts)]);
  });
});
