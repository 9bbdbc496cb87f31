import type { Alerts } from '../alerts/config.ts';
import { messageOf } from '../errors.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import { type Fault, faultsOf } from './expect.ts';
import { play, type StoryObserver } from './play.ts';
import type { ReadStory } from './read-stories.ts';
import { withFields } from './with-fields.ts';
import { openWorld } from './world.ts';

/** The result of a story. */
export interface StoryResult {
  readonly story: string;
  readonly file: string;
  readonly steps: number;
  readonly passed: boolean;
  /** The steps without the expected result. */
  readonly failed: readonly FailedStep[];
}

/** A step without the expected result. */
export interface FailedStep {
  /** Counted from 1. */
  readonly step: number;
  /** Its name, or the name of its sample. */
  readonly name: string;
  readonly at: string | undefined;
  readonly faults: readonly Fault[];
}

/** What running a story depends on. */
export interface StorySetup {
  readonly rulebook: Rulebook;
  /** `undefined`: `alerts.json` cannot be read, so no alerts are routed. */
  readonly alerts: Alerts | undefined;
  /** The sample callbacks, by name. */
  readonly samples: ReadonlyMap<string, Record<string, unknown>>;
  readonly watch?: StoryObserver | undefined;
}

/**
 * Runs a story with the whole rulebook. Actions of a step affect later steps. Not simulated: silences, budgets, pauses,
 * manual changes, and the grouping of alerts.
 */
export async function runStory(story: ReadStory, telling: StorySetup): Promise<StoryResult> {
  const { rulebook, alerts, samples, watch } = telling;
  const failed: FailedStep[] = [];
  let index = 0;
  try {
    const bodies = story.steps.map(({ callback, sample, set }) => {
      const body = callback ?? (sample === undefined ? undefined : samples.get(sample));
      return body && withFields(body, set);
    });
    for await (const played of play(
      story.steps,
      bodies,
      { rulebook, alerts, world: openWorld() },
      watch,
    )) {
      const step = story.steps[index++];
      const faults = step ? await faultsOf(step, played) : [];
      const at = new Date(played.at).toISOString();
      if (faults.length > 0) failed.push({ step: index, name: nameOf(story, index), at, faults });
    }
  } catch (error) {
    const fault = { expected: 'a step that can be played', got: messageOf(error), reason: [] };
    failed.push({
      step: index + 1,
      name: nameOf(story, index + 1),
      at: undefined,
      faults: [fault],
    });
  }
  return {
    story: story.name,
    file: story.file,
    steps: story.steps.length,
    passed: failed.length === 0,
    failed,
  };
}

function nameOf({ steps }: ReadStory, number: number): string {
  const { name, sample } = steps[number - 1] ?? {};
  return name ?? sample ?? `step ${number}`;
}
