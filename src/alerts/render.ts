import type { Notification } from '../objects/alerts/alert-state.ts';
import type { AlertMessage } from './destinations/destination.ts';

/** The fields of a message that do not come from its group. */
export interface Occasion {
  /** The id of the message, and of the group. */
  readonly id: string;
  readonly alert: string;
  /** When it is sent, milliseconds since 1970. */
  readonly at: number;
  readonly test?: boolean;
  /** The public URL of this Worker; without it the message has no link. */
  readonly publicUrl?: string | undefined;
}

/** The message about a group. Pure: preview, test and runtime share it. */
export function render(
  content: Notification,
  { id, alert, at, test = false, publicUrl }: Occasion,
): AlertMessage {
  const { main } = content;
  const console = publicUrl && `${publicUrl.replace(/\/+$/, '')}/console`;
  const link = console && main.callbackId ? `${console}/decisions/${main.callbackId}` : undefined;
  return {
    id,
    alert,
    state: content.state,
    test,
    severity: main.severity,
    title: main.title,
    text: main.text,
    rule: main.rule,
    sentence: main.sentence,
    owner: main.owner,
    why: main.why,
    facts: main.facts,
    callbackId: main.callbackId,
    count: content.count,
    others: content.others.map((other) => lineOf(other, main.rule)),
    names: content.others.map(({ about, title }) => about || title),
    more: content.more ?? 0,
    groupLink: console ? `${console}/alerts/${alert}` : `signalbox alerts why ${alert}`,
    firstAt: content.firstAt,
    lastAt: content.lastAt,
    at,
    ...(content.endedAt === undefined ? {} : { endedAt: content.endedAt }),
    ...(main.about ? { about: main.about } : {}),
    ...(main.nextStep ? { nextStep: main.nextStep } : {}),
    ...(link ? { link } : {}),
  };
}

/** Another alert of the group in a line: its title, and what the title leaves out. */
function lineOf(
  { rule, title, about = '', count }: Notification['others'][number],
  mainRule: string,
): string {
  const named = title.includes(about) ? title : `${title}: ${about}`;
  const more = [...(rule === mainRule ? [] : [rule]), ...(count > 1 ? [`${count} times`] : [])];
  return more.length === 0 ? named : `${named} (${more.join(', ')})`;
}
