import { LOG_EVENTS } from './log-events.ts';
import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** A name in the source. Events are named `noun.verb`; an entry of a sender's history has no dot. */
const EVENT = /\bevent: '([a-z-]+\.[a-z-]+)'/g;
const LOGGED = /console\.(error|warn)\(\{\s*event: '([a-z-]+\.[a-z-]+)'/g;

/** Returns the level of each event that the source logs. What no `console.error` or `warn` has is logged as `info`. */
export function loggedEvents(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const texts = [...sources]
    .filter(([file]) => !/^src\/(cli|simulator|console)\//.test(file))
    .map(([, text]) => text);
  const levels = new Map<string, string>();
  for (const text of texts)
    for (const [, name = ''] of text.matchAll(EVENT)) levels.set(name, 'info');
  for (const text of texts)
    for (const [, level = '', name = ''] of text.matchAll(LOGGED)) levels.set(name, level);
  return levels;
}

/** All events that the Worker logs. */
export const logEventsPage: ReferencePage = {
  name: 'log-events',
  title: 'Log events',
  intro: `The Worker writes one JSON object per outcome. \`event\` names it; the other fields are ids, names of rules and actions, codes and counts. A log line never contains an address, a text or a body. Read them with \`npx wrangler tail\` or in the Cloudflare dashboard (Workers Logs).`,
  body: ({ sources }) =>
    table(
      ['event', 'level', 'meaning'],
      [...loggedEvents(sources)]
        .toSorted()
        .map(([name, level]) => [code(name), level, LOG_EVENTS[name] ?? '']),
    ),
};
