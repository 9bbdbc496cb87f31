import type { Built } from '../worker/build.ts';
import { type Counts, noCounts, plus, type Stored, UNITS } from './counts.ts';
import { run, sumOf } from './measure.ts';
import { MIX, PER_SEND } from './mix.ts';
import type { Usage } from './prices.ts';

const SECONDS_OF_MONTH = 30 * 86_400;
/** How long the shorter run takes, in minutes. */
const SHORT = 0.5;

/** How long what a callback stores stays, in months: the lineage of a message a week, journal entries 14 days. */
const KEPT: Stored = { objects: 7 / 30, d1: 14 / 30, r2: 14 / 30 };

/** What a million callbacks more use, at a rate, and what a month uses without any. */
export interface Marginal {
  readonly million: Usage;
  readonly standing: Usage;
  /** What one callback of each kind uses; `alarms`, `crons` and `shared` for one callback of the mix. */
  readonly byKind: Readonly<Record<string, Counts>>;
  /** The calls that its answer waits for, for one callback of each kind. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Measures what callbacks use: the difference of two runs at the same rate, so that nothing that is done once counts. What is done
 * every some minutes, or once for many callbacks, counts as it would in a month at that rate.
 * @param minutes how much longer the second run takes by the simulated clock: a multiple of what is done regularly
 */
export async function marginal(
  built: Built,
  journal: string,
  month: number,
  minutes: number,
): Promise<Marginal> {
  const perSecond = month / SECONDS_OF_MONTH;
  const sendsIn = (span: number): number => Math.ceil((span * 60 * perSecond) / PER_SEND);
  const few = await run(built, journal, sendsIn(SHORT), perSecond);
  const many = await run(built, journal, sendsIn(SHORT + minutes), perSecond);
  const more = many.callbacks - few.callbacks;
  const scaled = (counts: Counts, times: number): Counts => plus(noCounts(), counts, times);
  const grown = plus(sumOf(many.counted), sumOf(few.counted), -1);
  const gb = (place: keyof Stored): number =>
    ((many.stored[place] - few.stored[place]) / more / 1e9) * 1e6 * KEPT[place];
  const kinds = new Set([...Object.keys(many.counted.kinds), ...Object.keys(few.counted.kinds)]);
  const callbacksOf = (name: string): number => {
    const kind = MIX.find((one) => one.name === name);
    return kind ? more * (kind.of1000 / 1_000 / PER_SEND) : more;
  };
  const byKind = [...kinds].map((kind) => {
    const own = plus(
      many.counted.kinds[kind] ?? noCounts(),
      few.counted.kinds[kind] ?? noCounts(),
      -1,
    );
    return [kind, scaled(own, 1 / callbacksOf(kind))] as const;
  });
  const calls = Object.entries(many.counted.calls).map(([kind, own]) => {
    const before = few.counted.calls[kind] ?? {};
    const each = Object.entries(own).map(([call, times]) => {
      const extra = (times - (before[call] ?? 0)) / callbacksOf(kind);
      return [call, Math.round(extra * 100) / 100] as const;
    });
    return [kind, Object.fromEntries(each.filter(([, times]) => times >= 0.02))] as const;
  });
  return {
    million: {
      counts: positive(scaled(grown, 1e6 / more)),
      cpuMs: (many.cpuMs / many.callbacks) * 1e6,
      stored: { objects: gb('objects'), d1: gb('d1'), r2: gb('r2') },
    },
    standing: {
      counts: scaled(many.idleDay, 30),
      cpuMs: 0,
      stored: { objects: 0, d1: 0, r2: 0 },
    },
    byKind: Object.fromEntries(byKind),
    calls: Object.fromEntries(calls),
  };
}

/** What is done now and then may differ by one between two runs. */
const positive = (counts: Counts): Counts =>
  // Every unit is a key.
  Object.fromEntries(UNITS.map((unit) => [unit, Math.max(0, counts[unit])])) as Counts;
