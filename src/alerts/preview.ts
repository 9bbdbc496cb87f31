import { type Member, type Notification, notificationOf } from '../objects/alerts/alert-state.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import type { Outgoing, Reveal } from './destinations/destination.ts';
import { render } from './render.ts';
import { groupId, type Routed, route, type Wish } from './route.ts';

/** An alert on one of its ways, as each destination would show it. */
export interface Preview extends Routed {
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
export async function preview(
  member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>,
  wish: Wish,
  alerts: Alerts,
  now: number,
  publicUrl?: string,
): Promise<readonly Preview[]> {
  const told = toldOnce(member, now);
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
export const toldOnce = (
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

/** What an outgoing message says, whole. */
export const bodyOf = ({ shows: _, ...outgoing }: Outgoing): unknown =>
  outgoing.via === 'http' ? JSON.parse(outgoing.body) : outgoing;
