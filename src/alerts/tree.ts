import { formatList } from '../rules/model/format.ts';
import { formatHours } from '../rules/model/hours.ts';
import { type Alerts, namesOf, type Route } from './config.ts';
import { describeHeartbeat } from './heartbeat.ts';
import { describeMatch } from './match.ts';

/** The route tree of `alerts.json` as lines of text: from the top, the first matching route applies. */
export function drawTree(alerts: Alerts): readonly string[] {
  const lines = [`every alert${settings(alerts)}`];
  draw(alerts.routes, '', '');
  lines.push(`└─ else → ${alerts.default}`);
  const inhibitions = alerts.inhibit.map(
    ({ if: source, mutes, same, name }) =>
      `${describeMatch(source)} mutes ${describeMatch(mutes)}${same.length > 0 ? ` of the same ${formatList(same, 'and')}` : ''}${name ? ` (${name})` : ''}`,
  );
  const fallbacks = Object.entries(alerts.destinations).flatMap(([name, { fallback }]) =>
    fallback === undefined ? [] : [`${name} → ${fallback}`],
  );
  if (inhibitions.length > 0)
    lines.push('', 'While the first one is active:', ...inhibitions.map((line) => `  ${line}`));
  if (fallbacks.length > 0) lines.push('', 'Fallbacks:', ...fallbacks.map((line) => `  ${line}`));
  const heartbeats = alerts.heartbeats.map((one) => describeHeartbeat(one, alerts.schedules));
  if (heartbeats.length > 0)
    lines.push('', 'Heartbeats:', ...heartbeats.map((line) => `  ${line}`));
  return lines;

  function draw(routes: readonly Route[], indent: string, under: string): void {
    for (const [index, branch] of routes.entries()) {
      const place = `${under}${index + 1}`;
      // At the top level the default is the last line; nested routes have no such line.
      const last = under !== '' && index === routes.length - 1;
      lines.push(
        `${indent}${last ? '└─' : '├─'} ${branchWords(branch, branch.name ?? place, alerts)}`,
      );
      draw(branch.routes ?? [], `${indent}${last ? '   ' : '│  '}`, `${place}.`);
    }
  }
}

function branchWords(branch: Route, name: string, { schedules }: Alerts): string {
  const hours = branch.schedule === undefined ? undefined : schedules[branch.schedule];
  const to = branch.to === undefined ? '' : ` → ${namesOf(branch.to).join(', ')}`;
  const when = hours ? ` within ${branch.schedule}, ${formatHours(hours)}` : '';
  const otherwise = branch.else === undefined ? '' : `, else → ${namesOf(branch.else).join(', ')}`;
  const on = branch.continue ? ' (and continues)' : '';
  return `${name}: ${describeMatch(branch.match ?? {})}${to}${when}${otherwise}${settings(branch)}${on}`;
}

/** The settings of one route. */
function settings(
  branch: Pick<Route, 'group_by' | 'group_wait' | 'group_interval' | 'repeat' | 'resolve_after'>,
): string {
  const parts = [
    branch.group_by && `grouped by ${formatList(branch.group_by, 'and')}`,
    branch.group_wait && `wait ${branch.group_wait}`,
    branch.group_interval && `interval ${branch.group_interval}`,
    branch.repeat && `repeat ${branch.repeat}`,
    branch.resolve_after && `over after ${branch.resolve_after}`,
  ].filter((text) => text !== undefined && text !== '');
  return parts.length === 0 ? '' : ` [${parts.join(', ')}]`;
}
