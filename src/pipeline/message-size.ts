import type { Subject } from '../work/effect.ts';

const encoder = new TextEncoder();

/** How many bytes a value takes in a queue message, which is JSON: quotes and line ends inside a text are two. A message may have 128 KB. */
export const jsonSize = (value: unknown): number =>
  encoder.encode(JSON.stringify(value)).byteLength;

/** How many bytes a subject may have in a queue message. Sinch's longest text in it is the metadata: 1,024 characters. */
const MOST_SUBJECT = 12_000;

/** A subject as it travels. What is longer than anything of Sinch's is left out, the longest first, not cut: half an address is another's. */
export function fitSubject(subject: Subject): Subject {
  if (jsonSize(subject) <= MOST_SUBJECT) return subject;
  const { appId, projectId, trigger, callbackId, eventTime, receivedAt, ...texts } = subject;
  const must = {
    appId: appId.slice(0, 200),
    projectId: projectId.slice(0, 200),
    trigger,
    callbackId,
  };
  const left = Object.entries(texts).sort(([, a = ''], [, b = '']) => a.length - b.length);
  for (;;) {
    const fitted = { ...must, ...Object.fromEntries(left), eventTime, receivedAt };
    if (left.length === 0 || jsonSize(fitted) <= MOST_SUBJECT) return fitted;
    left.pop();
  }
}

/**
 * Texts with at most `most` characters altogether: where they are more, each keeps its equal share. What is no text stays, unless it is
 * longer than all that is allowed: such a value is left out.
 */
export function cutToFit(
  values: Readonly<Record<string, unknown>>,
  most: number,
): Record<string, unknown> {
  if (JSON.stringify(values).length <= most) return { ...values };
  const all = Object.entries(values);
  const share = Math.floor(most / all.length);
  return Object.fromEntries(
    all
      .map(([name, value]) => [
        name,
        typeof value === 'string' && value.length > share ? `${value.slice(0, share)}…` : value,
      ])
      .filter(
        ([, value]) => typeof value === 'string' || (JSON.stringify(value) ?? '').length <= most,
      ),
  );
}
