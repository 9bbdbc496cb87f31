import { formatValue } from '../../rules/model/format.ts';
import type { AlertMessage } from './destination.ts';

/** The parts of a message for people. Each destination shows them in its own form. */
export interface Parts {
  /** `[critical] WhatsApp quality is RED`, `[resolved] …`, preceded by `TEST` for a test. */
  readonly heading: string;
  /** The text of the rule's author; may be empty. */
  readonly text: string;
  /** "About: …" where neither the heading nor the text names the subject. */
  readonly about: string;
  /** The rule as a sentence, and its reason. */
  readonly sentence: string;
  readonly why: string;
  /** The number of occurrences and their times: "312 times, first 2026-11-20 12:00:03 UTC, last 12:00:58 UTC". */
  readonly tally: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The other alerts of the group: "Also: …" each, then how many more there are and where. */
  readonly others: readonly string[];
  readonly nextStep: string;
  readonly link: string;
  /** "rule … · owner … · alert …". */
  readonly footer: string;
}

/** The most characters of the other alerts, where a destination sets no limit of its own. */
const MOST_OTHERS = 6_000;

/** The parts of a message, not escaped and not cut; `mostOthers`: the most characters of the lines about other alerts. */
export function partsOf(message: AlertMessage, mostOthers = MOST_OTHERS): Parts {
  const state = message.state === 'resolved' ? 'resolved' : message.severity;
  return {
    heading: `${message.test ? 'TEST ' : ''}[${state}] ${message.title}`,
    text: message.text,
    about: aboutOf(message),
    sentence: message.sentence,
    why: message.why,
    tally: tally(message),
    facts: Object.entries(message.facts)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, formatValue(value)]),
    others: othersWithin(message, mostOthers),
    nextStep: message.state === 'resolved' ? '' : (message.nextStep ?? ''),
    link: message.link ?? '',
    footer: [
      `rule ${message.rule}`,
      `owner ${message.owner}`,
      `alert ${message.alert}`,
      ...(message.callbackId ? [`callback ${message.callbackId}`] : []),
    ].join(' · '),
  };
}

/** The parts as lines of plain text, the most important first, without empty ones. */
export const linesOf = (parts: Parts): readonly string[] =>
  [
    parts.heading,
    parts.about,
    parts.text,
    parts.nextStep && `Next step: ${parts.nextStep}`,
    parts.tally,
    ...parts.others,
    ...parts.facts.map(([name, value]) => `${name}: ${value}`),
    parts.sentence,
    parts.why && `Why: ${parts.why}`,
    parts.link && `Explained: ${parts.link}`,
    parts.footer,
  ].filter((line) => line !== '');

const aboutOf = ({ about = '', title, text }: AlertMessage): string =>
  `${title} ${text}`.includes(about) ? '' : `About: ${about}`;

/** As many lines as fit, and a last one that counts the rest and states where all are. */
function othersWithin({ others, more, groupLink }: AlertMessage, most: number): readonly string[] {
  const lines = others.map((line) => `Also: ${line.replace(/\s+/g, ' ')}`);
  let size = 0;
  const fitting = lines.findIndex((line) => {
    size += line.length + 1;
    return size > most;
  });
  const shown = fitting < 0 ? lines : lines.slice(0, fitting);
  const left = lines.length - shown.length + more;
  return left === 0 ? shown : [...shown, `and ${left} more: ${groupLink}`];
}

function tally({ count, firstAt, lastAt, state, endedAt }: AlertMessage): string {
  const end = endedAt === undefined ? '' : ` ${formatTime(endedAt)}, before it could be sent`;
  const over = state === 'resolved' ? `Resolved${end}. ` : '';
  if (count <= 1) return `${over}Once, ${formatTime(firstAt)}`;
  return `${over}${count} times, first ${formatTime(firstAt)}, last ${formatTime(lastAt)}`;
}

/** "2026-11-20 12:00:03 UTC". */
export const formatTime = (time: number): string =>
  new Date(time).toISOString().replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC');
