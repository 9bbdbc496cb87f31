import { endAlerts, raiseAlert } from '../alerts/alert-dispatcher.ts';
import type { Alerts } from '../alerts/config.ts';
import { formatTime } from '../alerts/destinations/parts.ts';
import {
  describeHeartbeat,
  type Heartbeat,
  heartbeatId,
  heartbeatRule,
  isBeat,
  reportInterval,
  silentAt,
  subjectOf,
} from '../alerts/heartbeat.ts';
import type { CallbackContent } from '../callbacks/model.ts';
import { messageOf } from '../errors.ts';
import type { HeartbeatState } from '../objects/heartbeats/heartbeats.ts';
import { formatDuration } from '../rules/model/values.ts';
import type { HeartbeatChanged } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { openAlertContext } from './alert-context.ts';

type Arrived = Pick<CallbackContent, 'trigger' | 'envelope' | 'subject' | 'receivedAt'>;

/**
 * Reports the callbacks that heartbeats listen to, in the background. The arrival counts, not the time of the event, so a redelivery is
 * a sign of life too.
 * @param later `waitUntil`
 */
export function noteHeartbeats(
  callbacks: readonly Arrived[],
  services: Pick<Services, 'alerts' | 'objects'>,
  later: (work: Promise<unknown>) => void,
): void {
  const noted = note(callbacks, services).catch((error: unknown) => {
    // Unreadable rules are reported by /healthz; a heartbeat is no reason to fail a callback.
    console.error({ event: 'heartbeat.not-noted', message: messageOf(error) });
  });
  later(noted);
}

async function note(
  callbacks: readonly Arrived[],
  { alerts, objects }: Pick<Services, 'alerts' | 'objects'>,
): Promise<void> {
  const { heartbeats, schedules } = await alerts();
  if (heartbeats.length === 0) return;
  const beats = heartbeats.flatMap((heartbeat) => {
    const heard = callbacks.find(({ trigger, envelope, subject }) =>
      isBeat(heartbeat, { trigger, appId: envelope.appId, channel: subject.channel }),
    );
    if (!heard) return [];
    const at = heard.receivedAt;
    const every = reportInterval(heartbeat);
    return { id: heartbeatId(heartbeat), at, due: silentAt(at, heartbeat, schedules), every };
  });
  await objects.heartbeats.note(beats);
}

/** Raises the alert of a heartbeat that is silent, or resolves it. The heartbeat may have changed since its callback arrived. */
export async function reportHeartbeat(
  { id, state, last, at }: HeartbeatChanged,
  services: Services,
): Promise<{ readonly event: string; readonly [detail: string]: unknown }> {
  const alerts = await services.alerts();
  const heartbeat = alerts.heartbeats.find((one) => heartbeatId(one) === id);
  if (!heartbeat) {
    await services.objects.heartbeats.forget(id);
    // @event heartbeat.removed | A heartbeat that alerts.json no longer has is forgotten, and its
    //   alert resolved.
    return { event: 'heartbeat.removed', did: await resolve(id, at, services) };
  }
  // @event heartbeat.resumed | A callback arrived again; the alert of the heartbeat is resolved.
  if (state === 'resumed')
    return { event: 'heartbeat.resumed', did: await resolve(id, at, services) };
  const due = silentAt(last, heartbeat, alerts.schedules);
  if (due > at) {
    await services.objects.heartbeats.defer(id, last, due);
    // @event heartbeat.deferred | The heartbeat in force allows a longer silence than the one
    //   that was reported.
    return { event: 'heartbeat.deferred', until: new Date(due).toISOString() };
  }
  const occurrence = { key: `heartbeat/${id}/${last}`, member: memberOf(heartbeat, last, alerts) };
  const did = await raiseAlert({ ...occurrence, at }, await openAlertContext(services));
  // @event heartbeat.silent | No callback arrived for as long as a heartbeat allows; its alert is
  //   raised.
  return { event: 'heartbeat.silent', trigger: heartbeat.trigger, did };
}

/** Forgets heartbeats that `alerts.json` no longer has, and resolves their alerts: no callback would do so. */
export async function endRemovedHeartbeats(services: Services): Promise<void> {
  const known = await services.objects.heartbeats.read();
  if (known.length === 0) return;
  const ids = new Set((await services.alerts()).heartbeats.map(heartbeatId));
  for (const { id, silent } of known) {
    if (ids.has(id)) continue;
    if (silent !== null) await resolve(id, services.now(), services);
    await services.objects.heartbeats.forget(id);
    console.log({ event: 'heartbeat.removed', heartbeat: id });
  }
}

/** The heartbeats in force with their state, for `/healthz`. Times are milliseconds since 1970; null until the first callback. */
export async function readHeartbeats(
  alerts: Pick<Alerts, 'heartbeats' | 'schedules'>,
  { objects, now }: Pick<Services, 'objects' | 'now'>,
): Promise<readonly HeartbeatReport[]> {
  if (alerts.heartbeats.length === 0) return [];
  const states = new Map((await objects.heartbeats.read()).map((state) => [state.id, state]));
  return alerts.heartbeats.map((heartbeat) =>
    reportOf(heartbeat, states.get(heartbeatId(heartbeat)), alerts.schedules, now()),
  );
}

/** A heartbeat as `/healthz` shows it. */
export interface HeartbeatReport {
  readonly trigger: string;
  readonly app_id?: string | undefined;
  readonly channel?: string | undefined;
  readonly quiet_for: string;
  readonly severity: string;
  /** When the last reported callback arrived, or null before the first one. */
  readonly last_at: string | null;
  readonly silent: boolean;
  /** One sentence, where it is silent. */
  readonly problem?: string;
}

function reportOf(
  heartbeat: Heartbeat,
  state: HeartbeatState | undefined,
  schedules: Alerts['schedules'],
  now: number,
): HeartbeatReport {
  const { trigger, app_id, channel, quiet_for, severity } = heartbeat;
  const silent = state !== undefined && silentAt(state.last, heartbeat, schedules) <= now;
  return {
    ...{ trigger, app_id, channel, quiet_for, severity, silent },
    last_at: state ? new Date(state.last).toISOString() : null,
    ...(silent && {
      problem: `no callback of ${subjectOf(heartbeat)} since ${formatTime(state.last)}`,
    }),
  };
}

/** Resolves the alert of a heartbeat. Returns a sentence. */
async function resolve(id: string, at: number, services: Services): Promise<string> {
  const [trigger = '', app_id = '', channel = ''] = readId(id);
  const rule = heartbeatRule({ trigger });
  const ending = { rule, app_id, channel, at, actor: rule };
  return endAlerts(ending, await openAlertContext(services));
}

/** The trigger, app and channel in an id. */
function readId(id: string): readonly string[] {
  const parts: unknown = JSON.parse(id);
  return Array.isArray(parts) ? parts.slice(0, 3).map(String) : [];
}

function memberOf(heartbeat: Heartbeat, last: number, { schedules }: Alerts) {
  const { app_id = '', channel = '', quiet_for, severity, trigger } = heartbeat;
  return {
    rule: heartbeatRule({ trigger }),
    owner: 'operator',
    severity,
    app_id,
    channel,
    labels: { trouble: 'heartbeat' },
    title: `No ${subjectOf(heartbeat)} for ${formatDuration(quiet_for)}`,
    text: `The last callback arrived at ${formatTime(last)}. Check at Sinch that the webhook is active and subscribed to ${trigger}, that messages are being sent, and that /healthz counts no refused callbacks. The alert is resolved when a callback arrives.`,
    sentence: `${describeHeartbeat(heartbeat, schedules)}.`,
    why: 'alerts.json defines this heartbeat.',
    facts: {},
    callbackId: '',
    resolvable: true,
  };
}
