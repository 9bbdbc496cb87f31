import { AppError } from '../../errors.ts';
import type { Subject } from '../../work/effect.ts';

/** The sender (app and channel) a subject is about. @throws AppError `action_impossible` when the callback has no app or channel */
export function senderOf<S>(
  subject: Subject,
  objects: { readonly senders: { of(appId: string, channel: string): S } },
): S {
  if (!subject.appId || !subject.channel) {
    throw new AppError(
      'action_impossible',
      `${subject.trigger} names no sender: app_id and channel are needed`,
    );
  }
  return objects.senders.of(subject.appId, subject.channel);
}
