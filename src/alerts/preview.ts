import { type Member, type Notification, notificationOf } from '../objects/alerts/alert-state.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import type { Outgoing, Reveal } from './destinations/destination.ts';
import { render } from './render.ts';
import { groupId, type Routed, type RouteOptions, route } from './route.ts';

/** An alert on one of its routes, as each destination would show it. */
export interface RoutePreview extends Routed {
  readonly id: string;
  readonly shown: readonly {
    readonly to: string;
    readonly type: string;
    readonly outgoing: Outgoing;
  }[];
}

/** Shows the name of a secret in place of its value. */
const named: Reveal = ({ secret }) => secret;

/** The routes and messages of an alert raised now, by the same `route` and `render` as at runtime. Nothing is sent. */
export async function previewRoutes(
  member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>,
  wish: RouteOptions,
  alerts: Alerts,
  now: number,
  publicUrl?: string,
): Promise<readonly RoutePreview[]> {
  const content = singleOccurrence(member, now);
  return Promise.all(
    route(member, wish, alerts, now).map(async (routed) => {
      const id = await groupId(routed);
      const message = render(content, { id: `${id}.1`, alert: id, at: now, publicUrl });
      const shown = routed.to.map((to) => {
        const config = destinationNamed(alerts, to);
        const kind = kindOf(config);
        return { to, type: kind.type, outgoing: kind.request(message, config, named) };
      });
      return { ...routed, id, shown };
    }),
  );
}

/** The content of a group with one alert that came once. */
export const singleOccurrence = (
  member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>,
  at: number,
): Notification => {
  const whole: Member = { ...member, count: 1, firstAt: at, lastAt: at };
  return (
    notificationOf([whole], 'firing') ?? {
      state: 'firing',
      main: whole,
      others: [],
      count: 1,
      firstAt: at,
      lastAt: at,
    }
  );
};

/** The whole body of an outgoing message. */
export const previewBody = ({ shows: _, ...outgoing }: Outgoing): unknown =>
  outgoing.via === 'http' ? JSON.parse(outgoing.body) : outgoing;
