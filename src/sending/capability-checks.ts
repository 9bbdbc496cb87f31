import type { CheckAsk, ChecksAnswer } from '../api/sending/capability-checks.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { CheckRequest } from '../objects/recipients/reach-client.ts';
import { sendBatches } from '../pipeline/enqueue.ts';
import { perSecond } from '../rules/model/values.ts';
import type { Settings } from '../settings/settings.ts';
import { lookupId } from '../sinch/capability-lookups.ts';
import type { Work } from '../work/effect.ts';
import { readAddress } from './address.ts';
import { reachState } from './reach-state.ts';

/** The longest delay of a queue message (s). Source: Cloudflare Queues, limits. */
const LONGEST_DELAY = 43_200;

/** The dependencies of starting checks. */
export interface Checking {
  readonly objects: Pick<Objects, 'reach'>;
  readonly effects: Pick<Queue<Work>, 'sendBatch'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly settings: Pick<Settings, 'capabilityMaxAge' | 'capabilityCheckRate' | 'defaultCountry'>;
}

/** Starts the checks that are needed; the others are answered from what is known. @throws AppError `unavailable` */
export async function checkCapabilities(
  asks: readonly CheckAsk[],
  checking: Checking,
): Promise<ChecksAnswer> {
  const { now, settings } = checking;
  const read = asks.map((ask) => {
    const { channel, identity, app_id: appId } = ask;
    return {
      ask,
      address: readAddress({ channel, identity, appId }, { country: settings.defaultCountry }),
    };
  });
  const known = read.flatMap(({ ask, address }) => ('wrong' in address ? [] : [{ ask, address }]));
  const outcomes = await startChecks(
    known.map(({ ask, address }) => ({ address, app: ask.app_id })),
    checking,
  );
  const answer: ChecksAnswer = { started: [], cached: [], refused: [] };
  for (const { ask, address } of read)
    if ('wrong' in address)
      answer.refused.push({ ...ask, code: address.code, message: `${address.wrong}.` });
  for (const [place, { ask }] of known.entries()) {
    const outcome = outcomes[place];
    if (outcome?.is !== 'cached')
      answer.started.push({ request_id: outcome?.requestId ?? '', ...ask });
    else {
      const {
        reason: _,
        old: __,
        display_name: ___,
        ...state
      } = reachState(outcome.capability, ask.channel, now(), settings.capabilityMaxAge);
      answer.cached.push({ ...ask, ...state });
    }
  }
  return answer;
}

/** Starts the checks that are needed, and queues them at the rate of checks. @throws AppError `unavailable` where they cannot be queued */
export async function startChecks(
  checks: readonly { readonly address: Address; readonly app: string }[],
  { objects, effects, now, settings }: Checking,
) {
  const asked: readonly CheckRequest[] = checks.map((check) => ({
    ...check,
    requestId: lookupId(1, crypto.randomUUID()),
  }));
  const at = now();
  const outcomes = await objects.reach.startChecks(asked, {
    maxAge: settings.capabilityMaxAge,
    now: at,
  });
  const started = asked.filter((_, place) => outcomes[place]?.is === 'started');
  const pace = perSecond(settings.capabilityCheckRate);
  try {
    await sendBatches(
      started.map(({ address, app, requestId }, place) => ({
        body: { kind: 'capability-check' as const, app, address, requestId, at, looks: 0 },
        delaySeconds: Math.min(Math.floor(place / pace), LONGEST_DELAY),
      })),
      effects,
    );
  } catch (cause) {
    await objects.reach.endChecks(started);
    throw new AppError('unavailable', 'capability checks cannot be queued now', { cause });
  }
  return outcomes;
}

/** Starts checks in the background: a failure is logged. */
export async function startChecksLater(
  checks: readonly { readonly address: Address; readonly app: string }[],
  checking: Checking,
): Promise<void> {
  try {
    await startChecks(checks, checking);
  } catch (error) {
    // @event capability.not-started | Capability checks of answers that are too old could not be
    //   started. They are started when they are needed next.
    console.warn({ event: 'capability.not-started', message: messageOf(error) });
  }
}
