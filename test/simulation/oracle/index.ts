import { acknowledgements } from './acknowledgements.ts';
import { alerts } from './alerts.ts';
import { archive } from './archive.ts';
import { consent } from './consent.ts';
import { crowds } from './crowds.ts';
import { forwards } from './forwards.ts';
import { gateway } from './gateway.ts';
import { gone } from './gone.ts';
import { heartbeats } from './heartbeats.ts';
import { journal } from './journal.ts';
import { calls, erasure, growth, kept, rest, soundness } from './kept.ts';
import { neverAfterStop } from './never-after-stop.ts';
import type { Invariant, Observed, Violation } from './observed.ts';
import { reach } from './reach.ts';
import { sendsOnce, sentAgain } from './sends.ts';
import { throttles } from './throttles.ts';

/** Everything that must hold when a run has come to rest. */
export const invariants: readonly Invariant[] = [
  rest,
  acknowledgements,
  consent,
  sendsOnce,
  sentAgain,
  neverAfterStop,
  throttles,
  alerts,
  heartbeats,
  forwards,
  gone,
  gateway,
  reach,
  archive,
  kept,
  soundness,
  calls,
  journal,
  erasure,
  growth,
  crowds,
];

/** What a run violates. */
export const violationsOf = (observed: Observed): readonly Violation[] =>
  invariants.flatMap(({ name, check }) =>
    check(observed).map((detail) => ({ invariant: name, detail })),
  );
