import { destinationNamed, kindOf } from '../../alerts/config.ts';
import { describeStanding } from '../../alerts/phrases.ts';
import { singleOccurrence } from '../../alerts/preview.ts';
import { render } from '../../alerts/render.ts';
import { route as routeAlert } from '../../alerts/route.ts';
import { sendAlert } from '../../alerts/send.ts';
import {
  type AlertDetail,
  type AlertSummary,
  listAlerts,
  readAlert,
  type TestAnswer,
  testAlert,
} from '../../api/alerts/alerts.ts';
import { time } from '../../api/operation.ts';
import { AppError } from '../../errors.ts';
import type { Summary } from '../../objects/alerts/alert-group.ts';
import { byUrgency, type Group, nextAt } from '../../objects/alerts/alert-state.ts';
import { openAlertContext } from '../../pipeline/alert-context.ts';
import { open } from '../../services.ts';
import { route } from '../route.ts';

const shown = (group: Omit<Summary, 'members'> & Pick<Summary, 'members'>): AlertSummary => ({
  id: group.id,
  state: group.phase,
  route: group.route,
  count: group.count,
  opened_at: time(group.openedAt),
  first_at: time(group.firstAt),
  last_at: time(group.lastAt),
  resolved_at: group.resolvedAt === undefined ? null : time(group.resolvedAt),
  muted: group.muted ?? null,
  members: group.members.map(
    ({ rule, owner, severity, app_id, channel, labels, title, about }) => ({
      ...{ rule, owner, severity, app_id, channel, labels, title },
      ...(about ? { about } : {}),
    }),
  ),
});

function detail(group: Group, now: number): AlertDetail {
  const next = nextAt(group);
  const members = byUrgency(Object.values(group.members));
  const summary = shown({ ...group, members });
  return {
    ...summary,
    members: summary.members.map((member, index) => ({ ...member, count: members[index]?.count })),
    more_members: group.dropped ?? 0,
    group: group.group,
    message: describeStanding(group, now),
    next_at: next === undefined ? null : time(next),
    waiting: Object.entries(group.deliveries).map(([to, { attempts, since, due }]) => ({
      ...{ to, attempts, since: time(since), next_at: time(due) },
    })),
    trail: group.trail.map(({ at, event, message }) => ({ at: time(at), event, message })),
  };
}

/** `/v1/alerts`: alert groups, their history, and a test alert through the routes. */
export const alertRoutes = [
  route(listAlerts, async (c) => {
    const { state, limit } = c.req.valid('query');
    return c.json({
      alerts: (await open(c.env).objects.alerts.desk.list(state, limit)).map(shown),
    });
  }),
  route(testAlert, async (c) => {
    const services = open(c.env);
    const { alerts, reveal, transports, publicUrl, now } = await openAlertContext(services);
    const { to, next_step: nextStep, ...alert } = c.req.valid('json');
    const member = { ...alert, nextStep, callbackId: '', resolvable: false };
    const sent: TestAnswer['sent'] = [];
    for (const way of routeAlert(member, { to, resolvable: false }, alerts, now())) {
      for (const name of way.to) {
        const id = `test.${crypto.randomUUID()}`;
        const told = singleOccurrence(member, now());
        const occasion = { id, alert: id, at: now(), test: true, publicUrl };
        const notice = render(told, occasion);
        const answer = await sendAlert(notice, name, alerts, reveal, transports);
        // The test resolves the incident that it opened.
        if (answer.kind === 'sent' && kindOf(destinationNamed(alerts, name)).incidents)
          await sendAlert(
            render({ ...told, state: 'resolved' }, occasion),
            name,
            alerts,
            reveal,
            transports,
          );
        sent.push({
          route: way.route,
          to: name,
          taken: answer.kind === 'sent',
          message: answer.message,
        });
      }
    }
    return c.json({ sent });
  }),
  route(readAlert, async (c) => {
    const { objects, now } = open(c.env);
    const id = c.req.param('id');
    const group = /^[0-9A-Z]{26}$/.test(id) ? await objects.alerts.group(id).read() : undefined;
    if (!group) throw new AppError('not_found', `no alert is called "${id}"`);
    return c.json(detail(group, now()));
  }),
];
