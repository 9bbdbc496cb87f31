import * as v from 'valibot';
import type { Raised, Resolution } from '../objects/alerts/alert-changes.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import type { AlertState } from '../objects/alerts/alert-desk.ts';
import type { Changed, DueDelivery } from '../objects/alerts/alert-group.ts';
import { byUrgency, type Group, type Member } from '../objects/alerts/alert-state.ts';
import type { AlertsClient } from '../objects/alerts/alerts-client.ts';
import { alertsTotal } from '../objects/metrics/definitions.ts';
import type { MetricsWriter } from '../objects/metrics/metrics-client.ts';
import { type Alerts, kindOf } from './config.ts';
import type { Reveal } from './destinations/destination.ts';
import { formatTime } from './destinations/parts.ts';
import { inhibitedBy, Silence, silencedBy } from './mute.ts';
import { render } from './render.ts';
import { groupId, type RouteOptions, route } from './route.ts';
import { sendAlert, type Transports } from './send.ts';

/** The dependencies of the alert dispatcher. */
export interface AlertContext {
  readonly now: () => number;
  readonly client: AlertsClient;
  readonly alerts: Alerts;
  readonly reveal: Reveal;
  readonly transports: Transports;
  readonly publicUrl: string | undefined;
  /** The longest wait, in milliseconds (setting `ALERT_MAX_WAIT`). */
  readonly maxWait: number | undefined;
  /** Stores a message that a destination refused as a dead letter. */
  readonly deadLetter: (
    group: string,
    to: string,
    message: string,
    attempts: number,
  ) => Promise<void>;
  readonly metrics: Pick<MetricsWriter, 'count'>;
  /** Reports a failing destination to another one. */
  readonly reportFailing: (about: string, message: string, to: string) => Promise<void>;
}

/** An alert that a rule raised, before it is in a group. */
export type AlertOccurrence = Pick<Raised, 'key' | 'member' | 'at'>;

/** Raises an alert into the group of each matching route. Returns a sentence that names them. */
export async function raiseAlert(
  { key, member, at }: AlertOccurrence,
  context: AlertContext,
): Promise<string> {
  const results: string[] = [];
  for (const routed of route(
    member,
    routeOptionsOf(member, context),
    context.alerts,
    context.now(),
  )) {
    const { route: name, reason, group, timing } = routed;
    const id = await groupId(routed);
    const raised: Raised = { key, id, route: name, reason, group, timing, member, at };
    await applyChange(id, await context.client.group(id).raise(raised, context.now()), context);
    results.push(`raised ${id} by route ${name}`);
  }
  return results.join(', ');
}

/** Resolves the alerts of a rule about one sender. Returns a sentence that names them. */
export async function endAlerts(ending: Resolution, context: AlertContext): Promise<string> {
  const ids = await context.client.desk.end(ending, context.now());
  for (const id of ids)
    await applyChange(id, await context.client.group(id).end(ending, context.now()), context);
  return ids.length === 0
    ? `no alert of ${ending.rule} is active`
    : `resolved alerts of ${ending.rule}: ${ids.join(', ')}`;
}

/** Sends what is due in a group. Returns whether there was a message to send. */
export async function dispatchGroup(id: string, context: AlertContext): Promise<boolean> {
  return (await context.client.group(id).isDue(context.now())) && (await dispatchDue(id, context));
}

/** Sends to a destination again after its dead letter. Returns whether there was a message to send. */
export async function redeliverAlert(
  id: string,
  to: string,
  context: AlertContext,
): Promise<boolean> {
  const changed = await context.client.group(id).resend(to, context.now());
  await applyChange(id, changed, context);
  return changed.due;
}

/** Rechecks muted groups after the end of a silence, or of an alert that may inhibit them. */
export async function recheckGroups(ids: readonly string[], context: AlertContext): Promise<void> {
  for (const id of ids)
    await applyChange(id, await context.client.group(id).wake(context.now()), context);
}

/** Reports a changed group to the desk, and sends what is due. */
async function applyChange(
  id: string,
  { summary, due }: Changed,
  context: AlertContext,
): Promise<void> {
  const { client, now } = context;
  let left = due;
  const woken: string[] = [];
  if (summary) {
    const { endings, recheck } = await client.desk.note(summary, now());
    await client.group(id).summaryStored(summary);
    woken.push(...recheck);
    for (const ending of endings) {
      const changed = await client.group(id).end(ending, now());
      if (changed.summary) woken.push(...(await client.desk.note(changed.summary, now())).recheck);
      left = left || changed.due;
    }
  }
  if (left) await dispatchDue(id, context);
  await recheckGroups(woken, context);
}

/** The most rounds in a row, for fallbacks of fallbacks and for new alerts. The object's alarm continues after that. */
const ROUNDS = 5;

/** Returns whether there was a message to send. */
async function dispatchDue(id: string, context: AlertContext): Promise<boolean> {
  const { client, now } = context;
  let sent = false;
  for (let round = 0; round < ROUNDS; round++) {
    const group = await client.group(id).read();
    if (!group) return sent;
    const desk = await client.desk.readState(now());
    const { orders, summary } = await client
      .group(id)
      .settle(standingOf(group, desk, context), now());
    if (summary) await applyChange(id, { summary, due: false }, context);
    sent ||= orders.length > 0;
    const again = await Promise.all(orders.map((order) => deliverOrder(id, order, desk, context)));
    if (!again.includes(true)) return sent;
  }
  return sent;
}

/** Sends one order and stores the result. Returns whether more is due at once. */
async function deliverOrder(
  id: string,
  order: DueDelivery,
  { circuits }: AlertState,
  context: AlertContext,
): Promise<boolean> {
  const { client, alerts, now } = context;
  const circuit = circuits.find(({ to }) => to === order.to);
  // Only for a destination that has failed: the desk is one object for the whole deployment.
  const rests = circuit && (await client.desk.blockedUntil(order.to, now()));
  const answer: DeliveryResult =
    circuit && rests !== undefined
      ? {
          kind: 'held',
          message: `it has failed since ${formatTime(circuit.since)} (${circuit.message}); next try at ${formatTime(rests)}`,
          until: rests,
        }
      : await send(id, order, context);
  const fallback = fallbackOf(order.to, alerts);
  if (answer.kind === 'later' || (answer.kind === 'sent' && circuit)) {
    const { opened } = await client.desk.recordAttempt(
      order.to,
      answer.kind === 'later' ? answer.message : undefined,
      now(),
    );
    if (opened) {
      console.error({
        // @event destination.failing | A destination failed repeatedly and is left alone for
        //   some minutes; its fallback is notified.
        event: 'destination.failing',
        destination: order.to,
        message: answer.message,
      });
      if (fallback) await context.reportFailing(order.to, answer.message, fallback);
    }
  }
  context.metrics.count(alertsTotal, { destination: order.to, outcome: answer.kind });
  const changed = await client.group(id).applyResult(order, answer, fallback, now());
  console.log({
    // @event alert.delivered | A destination received an alert, or refused it.
    event: 'alert.delivered',
    alert: id,
    destination: order.to,
    kind: order.kind,
    answer: answer.kind,
    message: answer.message,
  });
  if (changed.gaveUp) await context.deadLetter(id, order.to, answer.message, order.attempts + 1);
  if (changed.summary) await applyChange(id, { summary: changed.summary, due: false }, context);
  return changed.due;
}

function send(
  id: string,
  { notification, seq, to }: DueDelivery,
  context: AlertContext,
): Promise<DeliveryResult> {
  const { alerts, reveal, transports, publicUrl, now } = context;
  const message = render(notification, { id: `${id}.${seq}`, alert: id, at: now(), publicUrl });
  return sendAlert(message, to, alerts, reveal, transports);
}

/** The fallback of a destination: the one that it names, else the default. */
function fallbackOf(to: string, alerts: Alerts): string | undefined {
  const named = alerts.destinations[to]?.fallback ?? alerts.default;
  return named === to ? undefined : named;
}

const routeOptionsOf = (
  { to, resolvable }: Pick<Member, 'to' | 'resolvable'>,
  { maxWait }: AlertContext,
): RouteOptions => ({
  to,
  resolvable,
  maxWait,
});

/** The present state of a group: its destinations, and which of its members are muted, with the reason. */
function standingOf(group: Group, { silences, firing }: AlertState, context: AlertContext) {
  const { alerts, now } = context;
  const known = silences.flatMap((silence) => {
    const read = v.safeParse(Silence, silence);
    return read.success ? [read.output] : [];
  });
  const ends: number[] = [];
  const muted: Record<string, string> = {};
  for (const [key, member] of Object.entries(group.members)) {
    const silence = silencedBy(member, known, now());
    const inhibited = silence ? undefined : inhibitedBy(member, firing, alerts.inhibit);
    if (silence) {
      muted[key] =
        `silenced by ${silence.actor} until ${formatTime(silence.until)}: ${silence.reason} (silence ${silence.id})`;
      ends.push(silence.until);
    } else if (inhibited)
      muted[key] = `inhibited by ${inhibited.by.rule}, which is active (${inhibited.reason})`;
  }
  return {
    to: destinationsOf(group, context),
    muted,
    ...(ends.length > 0 ? { mutedUntil: Math.min(...ends) } : {}),
    incidents: Object.entries(alerts.destinations).flatMap(([name, config]) =>
      kindOf(config).incidents ? [name] : [],
    ),
  };
}

/** The destinations of a group's route at this hour; if the route no longer exists, those of a new alert. */
function destinationsOf(group: Group, context: AlertContext): readonly string[] {
  const [main] = byUrgency(Object.values(group.members));
  if (!main) return group.reached;
  const ways = route(main, routeOptionsOf(main, context), context.alerts, context.now());
  return (ways.find((way) => way.route === group.route) ?? ways[0])?.to ?? [context.alerts.default];
}
