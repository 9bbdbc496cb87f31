import { CHANNELS } from '../callbacks/facts/common-facts.ts';
import { AppError } from '../errors.ts';
import { closest } from '../rules/model/closest.ts';

/** A message that is tried without a callback. */
export interface TriedMessage {
  readonly text: string;
  readonly channel: string;
  readonly app: string;
  /** The person's address on the channel. */
  readonly sender: string;
}

/** The app and the sender of a tried message, where the author names none: those of the samples. */
export const EXAMPLE_APP = '01JB1JEWE77B1WMNG5RADAGJ9R';
export const EXAMPLE_SENDER = '12025550147';

/**
 * Returns the callback of a person's message as Sinch sends it: MESSAGE_INBOUND with an invented id.
 * @param at the time of the message in milliseconds
 */
export function messageBody(
  { text, channel, app, sender }: TriedMessage,
  at: number,
): Record<string, unknown> {
  const time = new Date(at).toISOString();
  return {
    app_id: app,
    accepted_time: time,
    event_time: time,
    message: {
      id: '01TRY0000000000000000000AA',
      direction: 'TO_APP',
      contact_message: { text_message: { text } },
      channel_identity: { channel, identity: sender, app_id: '' },
      conversation_id: '',
      contact_id: '',
      metadata: '',
      accept_time: time,
      sender_id: '',
      processing_mode: 'CONVERSATION',
      injected: false,
    },
  };
}

/** Returns the channel in Sinch's spelling. @throws AppError `bad_request`, with the name that was probably meant */
export function channelNamed(written: string): string {
  const known = CHANNELS.find((channel) => channel === written.toUpperCase());
  if (known) return known;
  const hint = closest(written.toUpperCase(), [...CHANNELS]) ?? `expected ${CHANNELS.join(', ')}`;
  throw new AppError('bad_request', `no channel is called "${written}": ${hint}`);
}
