import { formatValue } from '../../rules/model/format.ts';
import type { AlertMessage } from './destination.ts';

/** The parts of a message for people. Each destination shows them in its own form. */
export interface Parts {
  /** `[critical] WhatsApp quality is RED`, `[resolved] …`, preceded by `TEST` for a test. */
  readonly heading: string;
  /** The text of the rule's author; may be empty. */
  readonly text: string;
  /** The rule as a sentence, and its reason. */
  readonly sentence: string;
  readonly why: string;
  /** The number of occurrences and their times: "312 times, first 2026-11-20 12:00:03 UTC, last 12:00:58 UTC". */
  readonly tally: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly others: readonly string[];
  readonly nextStep: string;
  readonly link: string;
  /** "rule … · owner … · alert …". */
  readonly footer: string;
}

/** The parts of a message, not escaped and not cut. */
export function partsOf(message: AlertMessage): Parts {
  const state = message.state === 'resolved' ? 'resolved' : message.severity;
  return {
    heading: `${message.test ? 'TEST ' : ''}[${state}] ${message.title}`,
    text: message.text,
    sentence: message.sentence,
    why: message.why,
    tally: tally(message),
    facts: Object.entries(message.facts)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, formatValue(value)]),
    others: message.others,
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
    parts.text,
    parts.nextStep && `Next step: ${parts.nextStep}`,
    parts.tally,
    ...parts.others.map((line) => `Also: ${line}`),
    ...parts.facts.map(([name, value]) => `${name}: ${value}`),
    parts.sentence,
    parts.why && `Why: ${parts.why}`,
    parts.link && `Explained: ${parts.link}`,
    parts.footer,
  ].filter((line) => line !== '');

function tally({ count, firstAt, lastAt, state, endedAt }: AlertMessage): string {
  const end = endedAt === undefined ? '' : ` ${formatTime(endedAt)}, before it could be sent`;
  const over = state === 'resolved' ? `Resolved${end}. ` : '';
  if (count <= 1) return `${over}Once, ${formatTime(firstAt)}`;
  return `${over}${count} times, first ${formatTime(firstAt)}, last ${formatTime(lastAt)}`;
}

/** "2026-11-20 12:00:03 UTC". */
export const formatTime = (time: number): string =>
  new Date(time).toISOString().replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC');
