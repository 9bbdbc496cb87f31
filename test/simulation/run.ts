import { openDataKey } from '../../src/crypto/data-key.ts';
import { drawPlan, type FaultPlan } from '../../src/simulator/world/faults.ts';
import { enter } from '../../src/simulator/world/globals.ts';
import { openRandom } from '../../src/simulator/world/random.ts';
import { age } from './age.ts';
import { drive } from './drive.ts';
import { type House, openHouse, type Product, SETTINGS, START } from './house.ts';
import { LENGTH, type Operation } from './load/operations.ts';
import { drawLoad } from './load/plan.ts';
import { observe, pump } from './observe.ts';
import { violationsOf } from './oracle/index.ts';
import type { Violation } from './oracle/observed.ts';

/** How a run is to go. */
export interface RunOptions {
  readonly seed: number;
  readonly traced?: boolean;
  /** Changes the services of every environment: a protection that is off. */
  readonly onEnv?: ((env: object) => void) | undefined;
  /** Fewer operations than the seed says, when a failure is shrunk. */
  readonly operations?: readonly Operation[] | undefined;
}

/** What a run came to. */
export interface Ran {
  readonly seed: number;
  readonly steps: number;
  readonly faults: number;
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  readonly operations: readonly Operation[];
}

const MINUTE = 60_000;
/** After the load, work must end within so long. */
const PATIENCE = 10 * 60 * MINUTE;
/** Throttles that the load set have ended by then. */
const ENDINGS = 25 * MINUTE;

/** Each how many-th seed is waited for until everything should be gone: it takes as long as twenty others. */
const AGED = 200;

/** The load of a seed. */
export const loadOf = (seed: number): readonly Operation[] =>
  drawLoad(openRandom(`signalbox/${seed}/load`));

/** What a STOP applies to in the run of a seed: all apps, or its own. */
const stopScopeOf = (seed: number): 'project' | 'app' =>
  openRandom(`signalbox/${seed}/settings`).chance(0.3) ? 'app' : 'project';

/** Runs one seed from the first callback until everything is at rest, and judges it. */
export async function runSeed(product: Product, options: RunOptions): Promise<Ran> {
  const { seed, traced = false, onEnv } = options;
  const operations = options.operations ?? loadOf(seed);
  const plan = drawPlan(openRandom(`signalbox/${seed}/plan`), START, LENGTH);
  let onSent: Parameters<typeof openHouse>[1]['onSent'] = () => {};
  const stopScope = stopScopeOf(seed);
  const settings = { CONSENT_STOP_SCOPE: stopScope };
  const house = openHouse(product, {
    ...{ seed, traced, onEnv, plan, settings },
    onSent: (one) => onSent(one),
  });
  try {
    const driven = drive(house, operations, seed);
    onSent = driven.onSent;
    const { world } = house;
    await world.run(START + LENGTH);
    world.faults.heal();
    world.log('nothing fails any more');
    const healedAt = world.now();
    await endPauses(house);
    const { quietAt, leftOver } = await comeToRest(house);
    const dataKey = openDataKey(SETTINGS.DATA_KEY);
    const rested = await observe(
      house,
      driven,
      { healedAt, quietAt, leftOver, stopScope, isLossy: losesRecords(plan) },
      dataKey.decrypt,
    );
    const leftAfterWeeks = seed % AGED === 0 ? await age(house) : undefined;
    const violations = violationsOf({ ...rested, leftAfterWeeks });
    for (const { invariant, detail } of violations) world.log(`VIOLATED ${invariant}: ${detail}`);
    return {
      ...{ seed, violations, operations, lines: world.lines() },
      steps: world.steps(),
      faults: world.faults.count(),
    };
  } finally {
    house.deployed.close();
    enter(undefined);
  }
}

/**
 * A record is written after the answer, by a queue of its own, and an end is noted after the work:
 * each of these may come between.
 */
const losesRecords = ({ rates, outages }: FaultPlan): boolean =>
  (['step.isolate', 'queue.send', 'd1', 'd1.full', 'rpc', 'kv', 'step.object', 'r2'] as const).some(
    (kind) => rates[kind] !== undefined || outages.some((outage) => outage.kind === kind),
  );

/** The operator ends what is paused, so that nothing waits for a person. */
async function endPauses(house: House): Promise<void> {
  const answer = await pump(house, house.api('GET', '/v1/pauses'));
  const pauses: unknown = Reflect.get(Object(answer?.body), 'pauses');
  for (const { id } of Array.isArray(pauses) ? pauses : [])
    await pump(house, house.api('DELETE', `/v1/pauses/${id}?actor=simulation&reason=the+end`));
}

async function comeToRest(
  house: House,
): Promise<{ quietAt: number | undefined; leftOver: string }> {
  const { world, deployed, webhooks } = house;
  const until = world.now() + PATIENCE;
  await world.run(world.now() + ENDINGS);
  await pump(house, deployed.isolates.scheduled('47 * * * *'));
  for (;;) {
    const soon = world.now() + 6 * MINUTE;
    const pending = [...deployed.objects].map(([binding, { pending: of }]) => ({
      binding,
      ...of(),
    }));
    const ringing = pending.filter(({ alarms }) => alarms.some((at) => at <= soon));
    const left = {
      queues: deployed.queues.depth(),
      callbacks: webhooks.waiting(),
      busy: pending.filter(({ busy }) => busy > 0).map(({ binding }) => binding),
      alarms: ringing.map(({ binding }) => binding).filter((binding) => !SWEEPS.has(binding)),
    };
    if (left.queues + left.callbacks + left.busy.length + left.alarms.length === 0)
      return { quietAt: world.now(), leftOver: '' };
    if (world.now() > until) return { quietAt: undefined, leftOver: JSON.stringify(left) };
    await world.run(world.now() + 2 * MINUTE);
  }
}

/** Objects whose alarms only remove what is old. */
const SWEEPS: ReadonlySet<string> = new Set([
  'CLAIMS',
  'MESSAGES',
  'BUDGETS',
  'LINES',
  'FIFO',
  'TALLY',
]);
