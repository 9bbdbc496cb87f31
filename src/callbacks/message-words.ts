import { type Fact, fact } from './fact.ts';
import { variantOf } from './parts.ts';

/** Kinds of message that Sinch names, inbound and outbound. Source: Sinch specification, ContactMessage and AppMessage. */
const KINDS = [
  'text',
  'media',
  'media_card',
  'location',
  'choice_response',
  'product_response',
  'fallback',
  'channel_specific',
  'card',
  'carousel',
  'choice',
  'list',
  'contact_info',
  'template',
] as const;

/** What kind of message it is, for messages in either direction. */
export const messageKind = <P>(message: (payload: P) => object | undefined): Fact<P> =>
  fact.text('kind of message', 'What kind of message it is.', (payload) => variantOf(message(payload), '_message'), {
    known: KINDS,
  });

/** The words of a message, in either direction. */
export const messageText = <P>(text: (payload: P) => string | undefined): Fact<P> =>
  fact.text('text', 'The words of the message: its text, a picture’s caption, the button that was pressed.', text);

/** Where a message's picture, sound or file lies. The address is the other side's: treat it as hostile. */
export const mediaUrl = <P>(url: (payload: P) => string | undefined): Fact<P> =>
  fact.text('address of the media', 'Where the picture, sound or file of the message lies.', url);

/** Our own end of the channel, whether a message came to it or an event is about it. */
export const senderId = <P>(sender: (payload: P) => string | undefined): Fact<P> =>
  fact.text('sender', 'Your own number, short code or bot on the channel.', sender);
