import type { Random } from './random.ts';

/**
 * Where a fault can be injected. `step.*` is asked at each step of such an owner, the rest at each
 * request.
 */
export const FAULTS = [
  'step.isolate',
  'step.object',
  'object.evict',
  'rpc',
  'kv',
  'd1',
  'd1.full',
  'r2',
  'queue.send',
  'queue.duplicate',
  'queue.late',
  'sinch.api',
  'receiver',
  'network',
  'sinch.redeliver',
  'alarm.late',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/**
 * What becomes of a request: `fails` without effect, `unsure` takes effect and fails, `lost` takes
 * effect and never answers, `hangs` does neither.
 */
export type Fate = 'ok' | 'fails' | 'unsure' | 'lost' | 'hangs';

/**
 * How often each fault occurs in a run: a probability, and times in which the service is down
 * altogether.
 */
export interface FaultPlan {
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  readonly outages: readonly {
    readonly kind: FaultKind;
    readonly from: number;
    readonly until: number;
  }[];
}

/** The faults of a run. */
export interface Faults {
  /** Whether this fault happens now. */
  readonly hit: (kind: FaultKind) => boolean;
  readonly fate: (kind: FaultKind, mayHang: boolean) => Fate;
  /** Whether the service is in an outage. */
  readonly isDown: (kind: FaultKind) => boolean;
  /** From now on nothing fails. */
  readonly heal: () => void;
  readonly count: () => number;
  readonly onFault: (listen: (kind: FaultKind, fate: string) => void) => void;
}

/** Opens the faults of a plan. `now` is the true time in milliseconds. */
export function openFaults(plan: FaultPlan, random: Random, now: () => number): Faults {
  let healed = false;
  let count = 0;
  let listener: (kind: FaultKind, fate: string) => void = () => {};
  const strike = (kind: FaultKind, fate: string): void => {
    count += 1;
    listener(kind, fate);
  };
  const isDown = (kind: FaultKind): boolean =>
    !healed &&
    plan.outages.some((one) => one.kind === kind && one.from <= now() && now() < one.until);
  const hit = (kind: FaultKind): boolean => {
    if (healed || !random.chance(plan.rates[kind] ?? 0)) return false;
    strike(kind, 'hit');
    return true;
  };
  return {
    hit,
    isDown,
    fate(kind, mayHang) {
      if (healed) return 'ok';
      const down = isDown(kind);
      if (!down && !random.chance(plan.rates[kind] ?? 0)) return 'ok';
      const fates: Fate[] = down
        ? ['fails', mayHang ? 'hangs' : 'fails']
        : ['fails', 'unsure', 'unsure', ...(mayHang ? (['lost', 'hangs'] as const) : [])];
      const fate = random.pick(fates);
      strike(kind, fate);
      return fate;
    },
    heal() {
      healed = true;
    },
    count: () => count,
    onFault(listen) {
      listener = listen;
    },
  };
}

/** Faults that delay, repeat or refuse, and cost nothing that was stored or begun. */
const MILD: ReadonlySet<FaultKind> = new Set<FaultKind>([
  ...(['queue.duplicate', 'queue.late', 'network', 'sinch.redeliver'] as const),
  ...(['sinch.api', 'receiver', 'alarm.late', 'object.evict'] as const),
]);

/**
 * Draws a plan: most faults are off in a run, so that each run is about a few of them, and a third
 * of all runs have only mild ones, so that there more can be demanded. Times in milliseconds.
 */
export function drawPlan(random: Random, start: number, length: number): FaultPlan {
  const rates: Partial<Record<FaultKind, number>> = {};
  const isMild = random.chance(0.35);
  for (const kind of FAULTS) {
    if (isMild && !MILD.has(kind)) continue;
    const level = random.next();
    const own = kind.startsWith('step.') ? 0.1 : 1;
    if (level > 0.55) rates[kind] = own * random.pick([0.01, 0.03, 0.1, 0.2]);
  }
  const outages = (
    ['kv', 'd1', 'd1.full', 'r2', 'queue.send', 'sinch.api', 'receiver', 'rpc'] as const
  )
    .filter((kind) => (!isMild || MILD.has(kind)) && random.chance(0.2))
    .map((kind) => {
      const from = start + random.between(0, length * 0.8);
      return { kind, from, until: from + random.between(5_000, kind === 'rpc' ? 20_000 : 240_000) };
    });
  return { rates, outages };
}
