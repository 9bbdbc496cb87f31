import { alertOperator } from '../pipeline/enqueue.ts';
import { DAILY } from '../pipeline/operator-alert.ts';
import type { Severity } from '../rules/model/values.ts';
import type { Services } from '../work/services.ts';
import { OVERDUE, type ReviewStore } from './reviews.ts';

/** How many reviews one run decides at most; the next run decides the others. */
const MOST = 500;

type Dependencies = Services & { readonly reviews: ReviewStore };

/**
 * Suppresses marketing for each near miss that nobody decided in time, and raises an alert about that, and one about open reviews
 * whose severity rises with the age of the oldest. The suppression counts from the time of the message, so that a later START
 * still counts, and a person may replace the decision.
 */
export async function decideOverdue(services: Dependencies): Promise<void> {
  const { reviews, now, settings } = services;
  const found = await reviews.overdue(now(), MOST);
  for (const { id } of found)
    await reviews.decide(
      id,
      {
        decision: 'suppress',
        scope: 'marketing',
        actor: OVERDUE,
        reason: 'nobody decided the review in time (setting REVIEW_DUE)',
      },
      now(),
    );
  if (found.length > 0) {
    // @event reviews.overdue | Near misses that nobody decided in time suppress marketing;
    //   `decided` counts them.
    console.log({ event: 'reviews.overdue', decided: found.length });
    await alertOperator(
      {
        title: 'reviews were not decided in time',
        text: `${count(found.length)} of a message that may be a STOP ${found.length === 1 ? 'was' : 'were'} overdue, so marketing to ${found.length === 1 ? 'that person' : 'these people'} is suppressed. GET /v1/reviews?state=suppressed shows them; to undo one, decide it: signalbox reviews <id> --decide dismiss.`,
        severity: 'low',
      },
      services,
    );
  }
  const oldest = await reviews.oldest();
  const severity =
    oldest === undefined ? undefined : severityOf(now() - oldest, settings.reviewDue);
  if (severity)
    await alertOperator(
      {
        title: `open reviews wait for a decision (${severity})`,
        text: `The oldest waits for ${hours(now() - (oldest ?? 0))}; a decision is due after ${hours(settings.reviewDue)}. GET /v1/reviews lists them.`,
        severity,
        interval: DAILY,
      },
      services,
    );
}

/** Returns the severity of an open review by its age (both in milliseconds): low from a third of the time it may wait, then high, then critical. */
export function severityOf(age: number, due: number): Severity | undefined {
  if (age >= due) return 'critical';
  if (age >= (due * 2) / 3) return 'high';
  return age >= due / 3 ? 'low' : undefined;
}

/** Returns the problem of overdue reviews, for `/healthz`. */
export async function reviewProblems(
  { oldest }: Pick<ReviewStore, 'oldest'>,
  due: number,
  now: number,
): Promise<readonly string[]> {
  const at = await oldest();
  if (at === undefined || now - at < due) return [];
  return [
    `the oldest open review waits for ${hours(now - at)}, and a decision is due after ${hours(due)} (setting REVIEW_DUE): see GET /v1/reviews`,
  ];
}

const count = (reviews: number): string => `${reviews} review${reviews === 1 ? '' : 's'}`;

function hours(milliseconds: number): string {
  const whole = Math.round(milliseconds / 3_600_000);
  return `${whole} hour${whole === 1 ? '' : 's'}`;
}
