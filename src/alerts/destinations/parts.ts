import { show } from '../../rules/model/show.ts';
import type { AlertMessage } from './destination.ts';

/** A notice taken apart for people: every destination shows these, in its own form. */
export interface Parts {
  /** `[critical] WhatsApp quality is RED`, `[resolved] …`, and `TEST` before it where it is one. */
  readonly heading: string;
  /** What the rule's author wrote, if anything. */
  readonly text: string;
  /** The rule as a sentence, and why there is such a rule. */
  readonly sentence: string;
  readonly why: string;
  /** How often and when: "312 times, first 2026-11-20 12:00:03 UTC, last 12:00:58 UTC". */
  readonly tally: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly others: readonly string[];
  readonly nextStep: string;
  readonly link: string;
  /** "rule … · owner … · alert …". */
  readonly footer: string;
}

/** Takes a notice apart. Nothing is escaped or cut yet. */
export function partsOf(notice: AlertMessage): Parts {
  const state = notice.state === 'resolved' ? 'resolved' : notice.severity;
  return {
    heading: `${notice.test ? 'TEST ' : ''}[${state}] ${notice.title}`,
    text: notice.text,
    sentence: notice.sentence,
    why: notice.why,
    tally: tally(notice),
    facts: Object.entries(notice.facts)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, show(value)]),
    others: notice.others,
    nextStep: notice.state === 'resolved' ? '' : (notice.nextStep ?? ''),
    link: notice.link ?? '',
    footer: [
      `rule ${notice.rule}`,
      `owner ${notice.owner}`,
      `alert ${notice.alert}`,
      ...(notice.callbackId ? [`callback ${notice.callbackId}`] : []),
    ].join(' · '),
  };
}

/** The parts as lines of plain text, the most telling first; empty ones are left out. */
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

function tally({ count, firstAt, lastAt, state }: AlertMessage): string {
  const over = state === 'resolved' ? 'It is over. ' : '';
  if (count <= 1) return `${over}Once, ${formatTime(firstAt)}`;
  return `${over}${count} times, first ${formatTime(firstAt)}, last ${formatTime(lastAt)}`;
}

/** "2026-11-20 12:00:03 UTC". */
export const formatTime = (time: number): string =>
  new Date(time).toISOString().replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC');
