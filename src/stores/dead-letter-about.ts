import * as v from 'valibot';
import { actionNamed } from '../actions/index.ts';
import { readCallbackText } from '../callbacks/callback.ts';
import type { Address } from '../callbacks/model.ts';
import { addressOf } from '../callbacks/shapes/parts.ts';
import { Note } from '../journal/journal-message.ts';
import {
  AlertDue,
  CapabilityCheck,
  Deferred,
  Effect,
  KeptBody,
  TallyNote,
} from '../work/effect.ts';

const WithBody = v.object({ body: v.object({ key: v.string() }) });

/** Returns the key of the body in R2 that the work needs. */
export function bodyKeyIn(work: unknown): string | undefined {
  const read = v.safeParse(WithBody, work);
  return read.success ? read.output.body.key : undefined;
}

/** What a dead letter is about: so that an erasure, a filter and a search find it. */
export interface About {
  /** When it happened, in milliseconds since 1970; missing where it names no one. */
  readonly eventTime?: number | undefined;
  readonly callbackId?: string | undefined;
  readonly person?: string | undefined;
  readonly contactId?: string | undefined;
  /** Where it was to be sent. */
  readonly destination?: string | undefined;
  /** The id of the alert that it is about. */
  readonly alert?: string | undefined;
}

/** Returns what a dead letter is about. The person is missing if its body is in R2. */
export async function aboutOf(
  work: unknown,
  personOf: (address: Address) => Promise<string>,
): Promise<About> {
  const effect = v.safeParse(Effect, work);
  if (effect.success) {
    const { subject, action, params } = effect.output;
    const address = addressOf(subject, subject.appId);
    return {
      destination: actionNamed(action)?.destination?.(params),
      callbackId: subject.callbackId,
      person: address && (await personOf(address)),
      contactId: subject.contactId,
      eventTime: subject.eventTime,
    };
  }
  const due = v.safeParse(AlertDue, work);
  if (due.success) return { destination: due.output.again, alert: due.output.group };
  const check = v.safeParse(CapabilityCheck, work);
  if (check.success) return { person: await personOf(check.output.address) };
  const tally = v.safeParse(TallyNote, work);
  if (tally.success) {
    const { id, people, at } = tally.output;
    return { callbackId: id, person: people?.[0], eventTime: at };
  }
  const note = v.safeParse(Note, work);
  if (note.success) {
    if (note.output.kind !== 'entry') return {};
    const { person, eventTime } = note.output.entry;
    return { person, eventTime };
  }
  const deferred = v.safeParse(v.union([Deferred, KeptBody]), work);
  if (!deferred.success) return {};
  if ('key' in deferred.output.body) return { callbackId: deferred.output.id };
  try {
    const { body, receivedAt } = deferred.output;
    const { id, subject, envelope, eventTime } = await readCallbackText(body.text, receivedAt);
    const address = addressOf(subject, envelope.appId);
    return {
      callbackId: id,
      person: address && (await personOf(address)),
      contactId: subject.contactId,
      eventTime,
    };
  } catch {
    // An unreadable callback may be the reason for the dead letter.
    return { callbackId: deferred.output.id };
  }
}
