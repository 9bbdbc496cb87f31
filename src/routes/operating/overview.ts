import { readOverview, readSeries } from '../../api/operating/overview.ts';
import { time } from '../../api/operation.ts';
import { AppError } from '../../errors.ts';
import { countSeries } from '../../journal/series.ts';
import { stepsOf } from '../../objects/messages/calendar.ts';
import { figuresOf, grouped } from '../../objects/messages/delivery-stats.ts';
import { bundle } from '../../rulebooks/bundled.ts';
import { open } from '../../services.ts';
import { publishedLimits } from '../../stores/published-limits.ts';
import { countWaiting } from '../../stores/waiting.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import { standingNow } from '../rulebooks/publishing.ts';
import { healthOf } from './health.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The longest series, in days. */
const MOST = 60;

/** `GET /v1/overview`, `GET /v1/stats/series`: what a person looks at first. */
export const overviewRoutes = [
  route(readOverview, async (c) => {
    const services = open(c.env);
    const now = services.now();
    const [health, waiting, limits, delivery, rulebook] = await Promise.all([
      healthOf(c.env),
      countWaiting(c.env.DB),
      publishedLimits(c.env.KV, now),
      deliveryOf(services, now),
      rulebookNow(services),
    ]);
    const { reviews, held } = waiting;
    const since = (at: number | undefined) => (at === undefined ? null : time(at));
    return c.json({
      health: { ok: health.ok, troubles: health.troubles },
      reviews: { waiting: reviews.count, oldest_at: since(reviews.oldest) },
      held: { waiting: held.count, oldest_at: since(held.oldest) },
      dead_letters: waiting.deadLetters.count,
      dead_letters_oldest_at: since(waiting.deadLetters.oldest),
      quarantined: waiting.quarantined.count,
      quarantined_oldest_at: since(waiting.quarantined.oldest),
      unseen_triggers: [...health.unseen_triggers],
      heartbeats: [...health.heartbeats],
      limits: limits.map(({ appId, channel, limit }) => ({
        app_id: appId,
        channel,
        limit: { ...limit, until: time(limit.until) },
      })),
      rulebook,
      delivery,
    });
  }),
  route(readSeries, async (c) => {
    const { now } = open(c.env);
    const until = now();
    const since = momentOf(c.req.valid('query').since, until) ?? until - DAY;
    if (until - since > MOST * DAY)
      throw new AppError('bad_request', `since: at most ${MOST} days`);
    const step = until - since > 2 * DAY ? DAY : HOUR;
    const { times, callbacks, firings } = await countSeries(
      { since, until, step },
      c.env.JOURNAL_DB,
    );
    return c.json({
      since: time(since),
      step_seconds: step / 1000,
      times: times.map(time),
      callbacks,
      firings,
    });
  }),
];

/** The messages of the last 24 hours by channel, most first. */
async function deliveryOf({ objects }: ReturnType<typeof open>, now: number) {
  const { bounds } = stepsOf(undefined, { since: now - DAY, until: now }, 'UTC');
  const rows = await objects.messages.figures(bounds);
  return grouped(rows, ({ channel }) => [channel])
    .map(({ key: [channel = ''], counts }) => {
      const { reached, failed } = figuresOf(counts);
      return { channel, delivered: reached, failed };
    })
    .filter(({ delivered, failed }) => delivered + failed > 0)
    .toSorted((a, b) => b.delivered - a.delivered);
}

/** The rulebook in force, since when, by whom and why. */
async function rulebookNow(services: ReturnType<typeof open>) {
  const { inForce } = await standingNow(services);
  const { kept } = services.rulebooks;
  const change = (await kept.history()).find(
    ({ kind, version }) => kind !== 'shadow' && (version ?? bundle.version) === inForce,
  );
  const [known] = await kept.list(inForce);
  return {
    version: inForce,
    since: change ? time(change.at) : null,
    actor: change?.actor ?? 'deployment',
    message: change?.reason ?? known?.message ?? '',
  };
}
