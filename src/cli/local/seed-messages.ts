import { readCallback } from '../../callbacks/callback.ts';
import type { StoredMessage } from '../../simulator/messages.ts';
import { readSample, sampleNames } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';

/**
 * Returns the messages whose failure the samples report, so that the local Sinch can resend them.
 */
export async function seedMessages(
  shell: Pick<Shell, 'home' | 'here' | 'now'>,
): Promise<readonly StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (const name of await sampleNames(shell)) {
    const callback = await readCallback(await readSample(name, shell), shell.now()).catch(
      () => undefined,
    );
    const { messageId, channel, identity } = callback?.subject ?? {};
    if (callback?.fact('status', {}) !== 'FAILED' || !messageId || !channel || !identity) continue;
    messages.push({
      id: messageId,
      app_id: callback.envelope.appId,
      direction: 'TO_CONTACT',
      app_message: { text_message: { text: 'Your parcel 10482 is on its way.' } },
      channel_identity: { channel, identity, app_id: '' },
      contact_id: callback.subject.contactId ?? '',
      conversation_id: callback.subject.conversationId ?? '',
      metadata: callback.subject.metadata ?? '',
      accept_time: new Date(callback.eventTime).toISOString(),
      sender_id: '',
      processing_mode: callback.subject.processingMode === 'DISPATCH' ? 'DISPATCH' : 'CONVERSATION',
      injected: false,
    });
  }
  return messages;
}
