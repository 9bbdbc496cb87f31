import { personFields } from '../changes/change.ts';
import type { ChangeOutbox } from '../changes/change-outbox.ts';
import type { Capabilities, CapabilityBefore, CapabilityNote } from './capabilities.ts';

/** Stores a capability and adds it to the feed of changes where what is known of the person differs after it: an unknown answer replaces no certain one. Call it in a transaction. */
export function feedCapability(
  note: CapabilityNote,
  capabilities: Pick<Capabilities, 'newest' | 'note'>,
  feed: Pick<ChangeOutbox, 'add'>,
): CapabilityBefore {
  const { person, channel, app = '', callbackId, at, address } = note;
  const known = () =>
    capabilities
      .newest([person])
      .get(person)
      ?.find((one) => one.channel === channel && (one.app ?? '') === app)?.status;
  const before = known();
  const answer = capabilities.note(note);
  const status = known();
  if (status !== undefined && status !== before)
    feed.add({
      ...{ id: `capability/${person}/${callbackId}`, kind: 'capability', at, subject: person },
      data: {
        ...{ ...personFields(person, address), channel, app_id: app || null, status },
        ...{ previous: before ?? null, decision_id: callbackId },
      },
    });
  return answer;
}
