import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { publish, rules } from '../publisher.ts';
import type { Scenario } from './scenario.ts';

/** Plays scenarios through a whole Signalbox, from the signed callback to what can be seen afterwards. */
export function play(trigger: string, scenarios: readonly Scenario[]): void {
  afterEach(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await reset();
  });

  describe(trigger, () => {
    test.each(scenarios)('$message', async ({ comes, seen, is, rules: more }) => {
      const box = openBox();
      if (more) await publish(box, rules(more));
      for (const callback of comes) {
        expect(await box.take(callback)).toMatchObject({ fired: expect.any(Array) });
        await box.drain();
      }
      await box.drain(3600);
      expect(await seen(box)).toEqual(is);
    });
  });
}
