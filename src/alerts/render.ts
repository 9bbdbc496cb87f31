import type { Notification } from '../objects/alerts/alert-state.ts';
import type { Notice } from './destinations/destination.ts';

/** What a message says beside what happened. */
export interface Occasion {
  /** The message's id, and the group's. */
  readonly id: string;
  readonly alert: string;
  /** When it goes out, milliseconds since 1970. */
  readonly at: number;
  readonly test?: boolean;
  /** Where this Worker is reached from outside; without it there is no link. */
  readonly publicUrl?: string | undefined;
}

/** The notice of a group: pure; preview, test and runtime all tell what comes from here. */
export function render(
  told: Notification,
  { id, alert, at, test = false, publicUrl }: Occasion,
): Notice {
  const { main } = told;
  const link =
    publicUrl && main.callbackId
      ? `${publicUrl.replace(/\/+$/, '')}/console/decisions/${main.callbackId}`
      : undefined;
  return {
    id,
    alert,
    state: told.state,
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
    count: told.count,
    others: told.others.map(
      ({ rule, title, count }) => `${title} (${rule}${count > 1 ? `, ${count} times` : ''})`,
    ),
    firstAt: told.firstAt,
    lastAt: told.lastAt,
    at,
    ...(main.nextStep ? { nextStep: main.nextStep } : {}),
    ...(link ? { link } : {}),
  };
}
