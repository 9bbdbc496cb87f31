import { AppError } from '../../errors.ts';
import { joinLines } from './join-lines.ts';
import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** A name in the source. Events are named `noun.verb`; an entry of a sender's history has no dot. */
const EVENT = /\bevent: (?:\w+ \? )?'([a-z-]+\.[a-z-]+)'(?: : '([a-z-]+\.[a-z-]+)')?/g;
const LOGGED = new RegExp(`console\\.(error|warn)\\(\\{\\s*${EVENT.source}`, 'g');
/** What an event means, in the comment above the line that logs it: `@event noun.verb | meaning`. */
const TAG = /\/\/ @event ([a-z-]+\.[a-z-]+) \| (.+)/g;

const inWorker = (sources: ReadonlyMap<string, string>): readonly string[] =>
  [...sources]
    .filter(([file]) => !/^src\/(cli|simulator|console)\//.test(file))
    .map(([, text]) => text);

/** Returns the level of each event that the source logs. What no `console.error` or `warn` has is logged as `info`. */
export function loggedEvents(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const levels = new Map<string, string>();
  const texts = inWorker(sources).map((text) => text.replace(/^ *\/\/.*\n/gm, ''));
  for (const text of texts)
    for (const [, ...names] of text.matchAll(EVENT))
      for (const name of names) if (name) levels.set(name, 'info');
  for (const text of texts)
    for (const [, level = '', ...names] of text.matchAll(LOGGED))
      for (const name of names) if (name) levels.set(name, level);
  return levels;
}

/** Returns the meaning of each event, from the `@event` tags. @throws AppError `rule_invalid` where an event has two */
export function eventMeanings(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const meanings = new Map<string, string>();
  for (const text of inWorker(sources))
    for (const [, name = '', meaning = ''] of joinLines(text).join('\n').matchAll(TAG)) {
      if (meanings.has(name))
        throw new AppError('rule_invalid', `@event ${name}: its meaning is given twice`);
      meanings.set(name, meaning);
    }
  return meanings;
}

/** All events that the Worker logs. */
export const logEventsPage: ReferencePage = {
  name: 'log-events',
  title: 'Log events',
  intro: `The Worker writes one JSON object per outcome. \`event\` names it; the other fields are ids, names of rules and actions, codes and counts. A log line never contains an address, a text or a body. Read them with \`npx wrangler tail\` or in the Cloudflare dashboard (Workers Logs).`,
  body({ sources }) {
    const meanings = eventMeanings(sources);
    const rows = [...loggedEvents(sources)].toSorted();
    return table(
      ['event', 'level', 'meaning'],
      rows.map(([name, level]) => [code(name), level, meanings.get(name) ?? '']),
    );
  },
};
