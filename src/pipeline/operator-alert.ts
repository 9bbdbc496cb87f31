import type { Effect, Subject } from '../work/effect.ts';

const HOUR = 3_600_000;

/** For troubles that last: once a day is enough. */
export const DAILY = 24 * HOUR;

/** Signalbox's own alert. The same trouble is told once an hour (or `every`), however often it comes. Times in milliseconds. */
export function notice(
  title: string,
  text: string,
  subject: Subject,
  now: number,
  severity: 'critical' | 'high' | 'low' = 'high',
  every = HOUR,
): Effect {
  return {
    kind: 'effect',
    key: `signalbox/${title}/${Math.floor(now / every)}`,
    action: 'alert',
    params: { severity, title: `Signalbox: ${title}`, text },
    rule: {
      name: 'signalbox',
      owner: 'operator',
      why: 'Signalbox tells of its own troubles.',
      sentence: 'Signalbox’s own alert: no rule raised it.',
      labels: { trouble: title },
    },
    rulebook: '',
    subject,
    facts: {},
    addresses: [],
  };
}

/** The same for a trouble that belongs to no callback. */
export const trouble = (
  title: string,
  text: string,
  now: number,
  severity?: 'critical' | 'high' | 'low',
  every?: number,
): Effect => notice(title, text, noSubject(now), now, severity, every);

/** A subject for what belongs to no callback. `now` in milliseconds. */
export const noSubject = (now: number): Subject => ({
  callbackId: '',
  trigger: 'NONE',
  appId: '',
  projectId: '',
  eventTime: now,
  receivedAt: now,
});
