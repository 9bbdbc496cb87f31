import { type Member, type Told, tell } from '../objects/alerts/alert-state.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import type { Outgoing, Reveal } from './destinations/destination.ts';
import { render } from './render.ts';
import { groupId, type Routed, type RouteOptions, route } from './route.ts';

/** An alert on one of its ways, as each destination would show it. */
export interface RoutePreview extends Routed {
  readonly id: string;
  readonly shown: readonly {
    readonly to: string;
    readonly type: string;
    readonly outgoing: Outgoing;
  }[];
}

/** Secrets stand here by their names. */
const named: Reveal = ({ secret }) => secret;

/** What would become of an alert that comes now: the same `route` and `render` as in earnest. Nothing is sent. */
export async function previewRoutes(
  member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>,
  wish: RouteOptions,
  alerts: Alerts,
  now: number,
  publicUrl?: string,
): Promise<readonly RoutePreview[]> {
  const told = singleOccurrence(member, now);
  return Promise.all(
    route(member, wish, alerts, now).map(async (routed) => {
      const id = await groupId(routed);
      const notice = render(told, { id: `${id}.1`, alert: id, at: now, publicUrl });
      const shown = routed.to.map((to) => {
        const config = destinationNamed(alerts, to);
        const kind = kindOf(config);
        return { to, type: kind.type, outgoing: kind.request(notice, config, named) };
      });
      return { ...routed, id, shown };
    }),
  );
}

/** One alert that came once. */
export const singleOccurrence = (
  member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>,
  at: number,
): Told => {
  const whole: Member = { ...member, count: 1, firstAt: at, lastAt: at };
  return (
    tell([whole], 'firing') ?? {
      state: 'firing',
      main: whole,
      others: [],
      count: 1,
      firstAt: at,
      lastAt: at,
    }
  );
};

/** What an outgoing message says, whole. */
export const previewBody = ({ shows: _, ...outgoing }: Outgoing): unknown =>
  outgoing.via === 'http' ? JSON.parse(outgoing.body) : outgoing;
