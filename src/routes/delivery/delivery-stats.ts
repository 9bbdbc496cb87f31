import {
  type DeliveryStats,
  type Group,
  readDeliveryStats,
} from '../../api/delivery/delivery-stats.ts';
import { time } from '../../api/operation.ts';
import { AppError } from '../../errors.ts';
import { isTimeZone, stepsOf, UNITS } from '../../objects/messages/calendar.ts';
import {
  byStatus,
  type Figures,
  figuresOf,
  grouped,
} from '../../objects/messages/delivery-stats.ts';
import type { FigureRow } from '../../objects/messages/figure-rows.ts';
import { open } from '../../services.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';

const DAY = 86_400_000;
/** The longest span, in days; by the hour there would be thousands of rows. */
const MOST = 400;
const MOST_BY_HOUR = 62;

/** `GET /v1/delivery-stats`: the figures of delivery. */
export const deliveryStatsRoutes = [
  route(readDeliveryStats, async (c) => {
    const { objects, now } = open(c.env);
    const asked = now();
    const { since: from, until: to, group_by: groups, app_id, channel, tz } = c.req.valid('query');
    const span = { since: momentOf(from, asked), until: momentOf(to, asked) ?? asked };
    if (span.since >= span.until)
      throw new AppError('bad_request', 'since: must be before "until"');
    if (!isTimeZone(tz))
      throw new AppError('bad_request', 'tz: expected a time zone like "Europe/Stockholm"');
    const unit = UNITS.find((one) => groups.includes(one));
    const most = unit === 'hour' ? MOST_BY_HOUR : MOST;
    if (span.until - span.since > most * DAY)
      throw new AppError('bad_request', `since: at most ${most} days before "until"`);
    const { bounds, labels } = stepsOf(unit, span, tz);
    const rows = (await objects.messages.figures(bounds)).filter(
      (row) =>
        (app_id === undefined || row.appId === app_id) &&
        (channel === undefined || row.channel === channel),
    );
    const keys = groups.flatMap((group) => {
      const read = readers(labels)[group];
      return read ? [{ group, read }] : [];
    });
    const found = grouped(rows, (row) => keys.map(({ read }) => read(row)));
    const named = (key: readonly string[]): Keys =>
      Object.fromEntries(keys.map(({ group }, at) => [group, key[at] ?? '']));
    const by = { status: groups.includes('status'), reason: groups.includes('reason_code') };
    const [total] = grouped(rows, () => []);
    return c.json({
      since: time(bounds[0] ?? span.since),
      until: time(bounds.at(-1) ?? span.until),
      tz,
      rows: found.flatMap(({ key, counts }): DeliveryStats['rows'] =>
        by.status || by.reason
          ? byStatus(counts, by).map((row) => ({ ...named(key), ...row }))
          : [{ ...named(key), ...shown(figuresOf(counts)) }],
      ),
      total: shown(figuresOf(total?.counts ?? {})),
    });
  }),
];

type Keys = Partial<Record<Exclude<Group, 'status' | 'reason_code'>, string>>;

/** How to read each group off a row; `status` and `reason_code` split the counts of a row instead. */
const readers = (
  labels: readonly string[],
): Readonly<Partial<Record<Group, (row: FigureRow) => string>>> => {
  const step = (row: FigureRow): string => labels[row.step] ?? '';
  return {
    app_id: ({ appId }) => appId,
    channel: ({ channel }) => channel,
    hour: step,
    day: step,
    month: step,
  };
};

/** Returns figures in the words of the API. */
export const shown = (figures: Figures): DeliveryStats['total'] => ({
  submitted: figures.submitted,
  queued: figures.queued,
  delivered: figures.delivered,
  read: figures.read,
  failed: figures.failed,
  failed_by_reason: { ...figures.failedByReason },
  switched: figures.switched,
  reached: figures.reached,
  recovered: figures.recovered,
  success_rate: figures.successRate ?? null,
  read_rate: figures.readRate ?? null,
  seconds_to_delivered: figures.secondsToDelivered ?? null,
  seconds_to_read: figures.secondsToRead ?? null,
});
