import { actionNamed } from '../actions/index.ts';
import { type Callback, readCallbacks } from '../callbacks/callback.ts';
import type { AlertPreview } from '../pipeline/alert-preview.ts';
import type { ReadWindow } from '../rules/decide/counted.ts';
import { openTallies, type Tallies } from '../rules/decide/tallies.ts';
import type { Recall } from '../rules/model/observed-facts.ts';
import { milliseconds } from '../rules/model/values.ts';
import { readGiven, withFacts } from '../rules/prove/given.ts';
import { runDecision, type StoryAction, type StoryContext } from './act.ts';
import type { Step } from './story.ts';

/** A callback of a story, and what its rules recalled. */
export interface PlayedCallback {
  readonly callback: Callback;
  readonly recall: Recall;
}

/** The callbacks of one event: one, or each of a notification that holds several. */
type PlayedEvent = readonly [PlayedCallback, ...PlayedCallback[]];

/** What happened in a step. */
export interface StepResult {
  /** The step's time, milliseconds: after the last of its callbacks. */
  readonly at: number;
  /** The newest event, of this step or an earlier one. */
  readonly event: PlayedEvent;
  /** Rules that fired, each once. */
  readonly fired: readonly string[];
  readonly acts: readonly StoryAction[];
  readonly told: readonly AlertPreview[];
  /** Rules that could not be decided. */
  readonly erred: readonly string[];
  readonly stage: StoryContext;
  /** What the windows of rules that count hold after it, for a callback. */
  readonly look: (played: PlayedCallback) => ReadWindow;
}

/** What a player carries from step to step. */
interface Timeline {
  clock: number;
  /** How many events there were. */
  count: number;
  last: PlayedEvent | undefined;
  /** The newest event of each body: its number, and when it happened. */
  readonly events: Map<string, { readonly number: number; readonly happened: number }>;
  readonly tallies: Tallies;
}

/** Receives each callback of a story and its state, as the rules see them. */
export type StoryObserver = (callback: Callback, recall: Recall) => Promise<void>;

/**
 * Plays a story's steps one after the other, in a world of its own.
 * @param bodies the callback of each step, `undefined` for a step that only looks
 * @throws Error where a callback cannot be read
 */
export async function* play(
  steps: readonly Step[],
  bodies: readonly (Record<string, unknown> | undefined)[],
  stage: StoryContext,
  watch?: StoryObserver,
): AsyncGenerator<StepResult> {
  const course: Timeline = {
    clock: 0,
    count: 0,
    last: undefined,
    events: new Map(),
    tallies: openTallies(),
  };
  for (const [index, step] of steps.entries()) {
    course.clock = step.at === undefined ? course.clock + spanOf(step.after) : Date.parse(step.at);
    yield await playStep(step, bodies[index], course, stage, watch);
  }
}

const spanOf = (duration: string | undefined): number =>
  duration === undefined ? 0 : milliseconds(duration);

async function playStep(
  step: Step,
  body: Record<string, unknown> | undefined,
  course: Timeline,
  stage: StoryContext,
  watch: StoryObserver | undefined,
): Promise<StepResult> {
  const { rulebook, world } = stage;
  const fired = new Set<string>();
  const [acts, told, erred]: [StoryAction[], AlertPreview[], string[]] = [[], [], []];
  const given = readGiven(step);
  for (let turn = 0; body !== undefined && turn < (step.times ?? 1); turn++) {
    if (turn > 0) course.clock += spanOf(step.every ?? '1s');
    const played: PlayedCallback[] = [];
    for (const read of await readStep(body, step, course)) {
      const callback = withFacts(read, given);
      const known = world.remember(callback);
      const recall: Recall = async (name) => (given.has(name) ? given.get(name) : known(name));
      const decision = await course.tallies.decide(rulebook, callback, recall);
      await watch?.(callback, recall);
      const done = await runDecision(decision, callback, recall, stage);
      for (const { rule } of decision.fired) fired.add(rule.name);
      acts.push(...done.acts);
      told.push(...done.told);
      erred.push(
        ...decision.erred.map(({ rule, message }) => `${rule} could not be decided: ${message}`),
      );
      played.push({ callback, recall });
    }
    const [first, ...rest] = played;
    if (first) course.last = [first, ...rest];
  }
  if (!course.last) throw new Error('no callback has come yet');
  const again = acts.some(({ action, not }) => actionNamed(action)?.resends && not === undefined);
  if (step.sent_again_as !== undefined && again)
    for (const { callback } of course.last)
      if (callback.subject.messageId !== undefined)
        world.sentAgain(callback.subject.messageId, step.sent_again_as);
  const look =
    ({ callback }: PlayedCallback): ReadWindow =>
    async (counted) => ({
      reading: course.tallies.reading(callback, counted),
      fires: fired.has(counted.rule.name),
      firedAt: undefined,
    });
  const { clock, last } = course;
  return { at: clock, event: last, look, fired: [...fired], acts, told, erred, stage };
}

/** The callbacks of a step's event: it happens at the step's time, whatever times stand in it. One that comes again happened when it did. */
async function readStep(
  body: Record<string, unknown>,
  step: Step,
  course: Timeline,
): Promise<readonly Callback[]> {
  const { clock, events } = course;
  const text = JSON.stringify(body);
  const before = step.again ? events.get(text) : undefined;
  if (step.again && !before) throw new Error('"again": this callback did not come before');
  const happened = before?.happened ?? clock - spanOf(step.late);
  const time = new Date(happened).toISOString();
  const bytes = new TextEncoder().encode(
    JSON.stringify({ ...body, accepted_time: time, event_time: time }),
  );
  const callbacks = await readCallbacks(bytes, clock);
  const number = before?.number ?? course.count++;
  events.set(text, { number, happened });
  return callbacks.map((callback) => ({ ...callback, id: `${callback.id}/${number}` }));
}
