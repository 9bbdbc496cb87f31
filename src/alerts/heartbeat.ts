import * as v from 'valibot';
import { triggers } from '../callbacks/triggers/index.ts';
import { closest, closestOrAll } from '../rules/model/closest.ts';
import { factEntry, isCarried } from '../rules/model/facts.ts';
import { addWithin, formatHours, Hours } from '../rules/model/hours.ts';
import {
  Duration,
  described,
  formatDuration,
  milliseconds,
  Severity,
} from '../rules/model/values.ts';

const MINUTE = 60_000;

const Name = v.pipe(v.string(), v.nonEmpty('must not be empty'));

const triggerNames: readonly string[] = triggers.map(({ name }) => name);

const Trigger = v.pipe(
  v.picklist(triggerNames, ({ input, received }) => {
    if (Array.isArray(input))
      return `expected one trigger, not a list${input.length > 1 ? ': write a heartbeat for each' : ''}`;
    const written = typeof input === 'string' ? input : received;
    const hint = closest(written, triggerNames);
    return `unknown trigger "${written}"${hint === undefined ? '' : `: ${hint}`}`;
  }),
);

/** A trigger that must not be silent for longer than a duration. `hours`: the name of a schedule, or hours of its own. */
export const Heartbeat = v.pipe(
  v.strictObject({
    trigger: described('The trigger whose callbacks must keep arriving.', Trigger),
    app_id: v.optional(described('Only callbacks of this app.', Name)),
    channel: v.optional(described('Only callbacks of this channel.', Name)),
    quiet_for: described(
      'How long no callback may arrive until the alert is raised; at least "1m".',
      v.pipe(
        Duration,
        v.check((span) => milliseconds(span) >= MINUTE, 'expected at least "1m"'),
      ),
    ),
    hours: v.optional(
      described(
        'A schedule by name, or hours: only silence within them counts.',
        v.union(
          [Name, Hours],
          'expected the name of a schedule, or hours: {"from", "to", "timeZone"}',
        ),
      ),
    ),
    severity: described('The severity of the alert.', Severity),
  }),
  v.check(
    ({ trigger, channel }) => channel === undefined || carriesChannel(trigger),
    ({ input }) => `callbacks of ${input.trigger} name no channel: leave "channel" out`,
  ),
);
export type Heartbeat = v.InferOutput<typeof Heartbeat>;

/** The schedules of `alerts.json`, by name. */
type Schedules = Readonly<Record<string, Hours>>;

function carriesChannel(trigger: string): boolean {
  const fact = factEntry('channel');
  return fact !== undefined && isCarried(fact, [trigger]);
}

/** The id under which a heartbeat is stored. A new `quiet_for` or severity keeps it. */
export const heartbeatId = ({ trigger, app_id, channel, hours }: Heartbeat): string =>
  JSON.stringify([trigger, app_id ?? '', channel ?? '', hours ?? '']);

/** The rule name of a heartbeat's alert: `heartbeat-message-delivery`. */
export const heartbeatRule = ({ trigger }: Pick<Heartbeat, 'trigger'>): string =>
  `heartbeat-${trigger.toLowerCase().replaceAll('_', '-')}`;

/** Whether a callback of this trigger, app and channel counts for a heartbeat. */
export const isBeat = (
  heartbeat: Heartbeat,
  callback: {
    readonly trigger: string;
    readonly appId: string;
    readonly channel?: string | undefined;
  },
): boolean =>
  heartbeat.trigger === callback.trigger &&
  (heartbeat.app_id === undefined || heartbeat.app_id === callback.appId) &&
  (heartbeat.channel === undefined || heartbeat.channel === callback.channel);

/** How often an isolate reports a heartbeat, in milliseconds: often enough that an alert is at most a twentieth late. */
export const reportInterval = ({ quiet_for }: Pick<Heartbeat, 'quiet_for'>): number =>
  Math.min(milliseconds(quiet_for) / 20, 5 * MINUTE);

/**
 * Returns when a heartbeat has been silent for too long, if its last callback arrived at `last`. Both in milliseconds since 1970. Isolates
 * report at intervals, so that a report may be one interval older than the last callback: the interval is added.
 */
export function silentAt(last: number, heartbeat: Heartbeat, schedules: Schedules): number {
  const wanted = milliseconds(heartbeat.quiet_for) + reportInterval(heartbeat);
  const hours = hoursOf(heartbeat, schedules);
  return hours ? addWithin(hours, last, wanted) : last + wanted;
}

function hoursOf({ hours }: Heartbeat, schedules: Schedules): Hours | undefined {
  if (typeof hours !== 'string') return hours;
  return Object.hasOwn(schedules, hours) ? schedules[hours] : undefined;
}

/** A heartbeat as a sentence. */
export function describeHeartbeat(heartbeat: Heartbeat, schedules: Schedules): string {
  const { quiet_for, hours, severity } = heartbeat;
  const found = hoursOf(heartbeat, schedules);
  const name = typeof hours === 'string' ? `${hours}, ` : '';
  const when = found ? ` within ${name}${formatHours(found)}` : '';
  return `${subjectOf(heartbeat)}: no callback for ${formatDuration(quiet_for)}${when} raises an alert of severity ${severity}`;
}

/** What a heartbeat listens to: "MESSAGE_DELIVERY of app X on SMS". */
export const subjectOf = ({ trigger, app_id, channel }: Heartbeat): string =>
  `${trigger}${app_id === undefined ? '' : ` of app ${app_id}`}${channel === undefined ? '' : ` on ${channel}`}`;

/** Problems between the heartbeats of one file: a schedule that does not exist, two heartbeats for the same. */
export function* heartbeatFaults(
  heartbeats: readonly Heartbeat[],
  schedules: Schedules,
): Generator<{ readonly path: readonly (string | number)[]; readonly message: string }> {
  const seen = new Map<string, number>();
  for (const [index, heartbeat] of heartbeats.entries()) {
    const { hours } = heartbeat;
    if (typeof hours === 'string' && !Object.hasOwn(schedules, hours)) {
      const hint =
        closestOrAll(hours, Object.keys(schedules)) ??
        'add it under "schedules", or correct the name';
      const message = `names no schedule of this file ("${hours}"): ${hint}`;
      yield { path: ['heartbeats', index, 'hours'], message };
    }
    const id = heartbeatId(heartbeat);
    const earlier = seen.get(id);
    if (earlier !== undefined)
      yield {
        path: ['heartbeats', index],
        message: `heartbeat ${earlier + 1} has the same trigger, app_id, channel and hours: keep one of them`,
      };
    seen.set(id, earlier ?? index);
  }
}
