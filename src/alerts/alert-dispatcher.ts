import * as v from 'valibot';
import type { Raised, Resolution } from '../objects/alerts/alert-changes.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import type { AlertState } from '../objects/alerts/alert-desk.ts';
import type { Changed, DueDelivery } from '../objects/alerts/alert-group.ts';
import { byUrgency, type Group, type Member } from '../objects/alerts/alert-state.ts';
import type { AlertsClient } from '../objects/alerts/alerts-client.ts';
import { type Alerts, kindOf } from './config.ts';
import type { Reveal } from './destinations/destination.ts';
import { saidTime } from './destinations/parts.ts';
import { inhibitedBy, Silence, silencedBy } from './mute.ts';
import { render } from './render.ts';
import { groupId, route, type Wish } from './route.ts';
import { type Carriers, sendNotice } from './send.ts';

/** What tending alerts can reach. */
export interface Tending {
  readonly now: () => number;
  readonly client: AlertsClient;
  readonly alerts: Alerts;
  readonly reveal: Reveal;
  readonly carriers: Carriers;
  readonly publicUrl: string | undefined;
  /** No wait is longer, in milliseconds. */
  readonly atMost: number | undefined;
  /** Keeps what a destination did not take. */
  readonly bury: (group: string, to: string, message: string, attempts: number) => Promise<void>;
  /** Tells of a destination that fails, by another one. */
  readonly complain: (about: string, message: string, to: string) => Promise<void>;
}

/** An alert that a rule raised, before it has a group. */
export type Alarm = Pick<Raised, 'key' | 'member' | 'at'>;

/** Raises an alert into the group of each route that it takes. Says which. */
export async function raiseAlert({ key, member, at }: Alarm, tending: Tending): Promise<string> {
  const told: string[] = [];
  for (const routed of route(member, wishOf(member, tending), tending.alerts, tending.now())) {
    const { route: name, reason, group, timing } = routed;
    const id = await groupId(routed);
    const raised: Raised = { key, id, route: name, reason, group, timing, member, at };
    await follow(id, await tending.client.group(id).raise(raised, tending.now()), tending);
    told.push(`raised ${id} by route ${name}`);
  }
  return told.join(', ');
}

/** A rule says that another one's alerts are over, for one sender. */
export async function endAlerts(ending: Resolution, tending: Tending): Promise<string> {
  const ids = await tending.client.desk.end(ending, tending.now());
  for (const id of ids)
    await follow(id, await tending.client.group(id).end(ending, tending.now()), tending);
  return ids.length === 0
    ? `no alert of ${ending.rule} lasts`
    : `${ending.rule} is over: ${ids.join(', ')}`;
}

/** Does what is due in a group: what its alarm calls for. Says whether somebody was to be told. */
export async function tendGroup(id: string, tending: Tending): Promise<boolean> {
  return (await tending.client.group(id).isDue(tending.now())) && (await work(id, tending));
}

/** Tells a destination again that was given up on. Says whether there was something to tell. */
export async function tellAgain(id: string, to: string, tending: Tending): Promise<boolean> {
  const changed = await tending.client.group(id).resend(to, tending.now());
  await follow(id, changed, tending);
  return changed.due;
}

/** A silence has ended: groups that it kept back look again. */
export async function wakeGroups(ids: readonly string[], tending: Tending): Promise<void> {
  for (const id of ids)
    await follow(id, await tending.client.group(id).wake(tending.now()), tending);
}

/** Passes on what came of a change: the desk hears of it, and what is due is done. */
async function follow(id: string, { summary, due }: Changed, tending: Tending): Promise<void> {
  const { client, now } = tending;
  let left = due;
  if (summary) {
    const endings = await client.desk.note(summary, now());
    await client.group(id).summaryStored(summary);
    for (const ending of endings) {
      const changed = await client.group(id).end(ending, now());
      if (changed.summary) await client.desk.note(changed.summary, now());
      left = left || changed.due;
    }
  }
  if (left) await work(id, tending);
}

/** The most rounds in a row: a fallback's fallback and what came in meanwhile. The alarm sees to the rest. */
const ROUNDS = 5;

/** Answers whether somebody was to be told. */
async function work(id: string, tending: Tending): Promise<boolean> {
  const { client, now } = tending;
  let told = false;
  for (let round = 0; round < ROUNDS; round++) {
    const group = await client.group(id).read();
    if (!group) return told;
    const desk = await client.desk.readState(now());
    const { orders, summary } = await client
      .group(id)
      .settle(standingOf(group, desk, tending), now());
    if (summary) await follow(id, { summary, due: false }, tending);
    told ||= orders.length > 0;
    const again = await Promise.all(orders.map((order) => carryOut(id, order, desk, tending)));
    if (!again.includes(true)) return told;
  }
  return told;
}

/** Sends one order and says how it went. Answers whether more is due at once. */
async function carryOut(
  id: string,
  order: DueDelivery,
  { circuits }: AlertState,
  tending: Tending,
): Promise<boolean> {
  const { client, alerts, now } = tending;
  const circuit = circuits.find(({ to }) => to === order.to);
  // Only one that has failed is asked for its rest: the desk is one object for everybody.
  const rests = circuit && (await client.desk.blockedUntil(order.to, now()));
  const answer: DeliveryResult =
    circuit && rests !== undefined
      ? {
          kind: 'held',
          message: `it has failed since ${saidTime(circuit.since)} (${circuit.message}); next try at ${saidTime(rests)}`,
          until: rests,
        }
      : await send(id, order, tending);
  const fallback = fallbackOf(order.to, alerts);
  if (answer.kind === 'later' || (answer.kind === 'sent' && circuit)) {
    const { opened } = await client.desk.recordAttempt(
      order.to,
      answer.kind === 'later' ? answer.message : undefined,
      now(),
    );
    if (opened) {
      console.error({
        event: 'destination.failing',
        destination: order.to,
        message: answer.message,
      });
      if (fallback) await tending.complain(order.to, answer.message, fallback);
    }
  }
  const changed = await client.group(id).applyResult(order, answer, fallback, now());
  console.log({
    event: 'alert.told',
    alert: id,
    destination: order.to,
    kind: order.kind,
    answer: answer.kind,
    message: answer.message,
  });
  if (changed.gaveUp) await tending.bury(id, order.to, answer.message, order.attempts + 1);
  if (changed.summary) await follow(id, { summary: changed.summary, due: false }, tending);
  return changed.due;
}

function send(
  id: string,
  { notification, seq, to }: DueDelivery,
  tending: Tending,
): Promise<DeliveryResult> {
  const { alerts, reveal, carriers, publicUrl, now } = tending;
  const notice = render(notification, { id: `${id}.${seq}`, alert: id, at: now(), publicUrl });
  return sendNotice(notice, to, alerts, reveal, carriers);
}

/** Whom to tell when a destination cannot be told: the one that it names, else the default. */
function fallbackOf(to: string, alerts: Alerts): string | undefined {
  const named = alerts.destinations[to]?.fallback ?? alerts.default;
  return named === to ? undefined : named;
}

const wishOf = (
  { to, resolvable }: Pick<Member, 'to' | 'resolvable'>,
  { atMost }: Tending,
): Wish => ({
  to,
  resolvable,
  atMost,
});

/** How a group stands now: who is to be told, who is muted and why. */
function standingOf(group: Group, { silences, firing }: AlertState, tending: Tending) {
  const { alerts, now } = tending;
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
        `silenced by ${silence.actor} until ${saidTime(silence.until)}: ${silence.reason} (silence ${silence.id})`;
      ends.push(silence.until);
    } else if (inhibited)
      muted[key] = `inhibited by ${inhibited.by.rule}, which lasts (${inhibited.reason})`;
  }
  return {
    to: destinationsOf(group, tending),
    muted,
    ...(ends.length > 0 ? { mutedUntil: Math.min(...ends) } : {}),
    incidents: Object.entries(alerts.destinations).flatMap(([name, config]) =>
      kindOf(config).incidents ? [name] : [],
    ),
  };
}

/** Whom a group's route leads to at this hour; where the route is gone, whom its alerts would go to now. */
function destinationsOf(group: Group, tending: Tending): readonly string[] {
  const [main] = byUrgency(Object.values(group.members));
  if (!main) return group.reached;
  const ways = route(main, wishOf(main, tending), tending.alerts, tending.now());
  return (ways.find((way) => way.route === group.route) ?? ways[0])?.to ?? [tending.alerts.default];
}
