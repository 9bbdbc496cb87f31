/** Facts that several triggers have. They are built here, so that a name has one type and one meaning everywhere. */

import { type ChannelIdentity, type Reason, variantOf } from '../shapes/parts.ts';
import { type Fact, type FactValue, fact, type Lists } from './fact.ts';
import { FAILURE_CLASSES, failureClass } from './failure-class.ts';
import { REASON_CODES, REASON_SUB_CODES } from './reason-codes.ts';

type Facts<P> = Readonly<Record<string, Fact<P>>>;
type Text = string | undefined;

/** Kinds of message that Sinch names, inbound and outbound. Source: Sinch specification, ContactMessage and AppMessage. */
const KINDS =
  'text media media_card location choice_response product_response fallback channel_specific card carousel choice list contact_info template';

export const messageKind = <P>(message: (payload: P) => object | undefined): Fact<P> =>
  fact.text(
    'kind of message',
    'What kind of message it is.',
    { personal: false, eventType: true, known: KINDS.split(' ') },
    (payload) => variantOf(message(payload), '_message'),
  );

export const messageText = <P>(text: (payload: P) => Text): Fact<P> =>
  fact.text(
    'text',
    'The text of the message, the caption of a picture, or the button that was pressed.',
    { personal: true },
    text,
  );

/** Untrusted: the sender chose it. */
export const mediaUrl = <P>(url: (payload: P) => Text): Fact<P> =>
  fact.text(
    'address of the media',
    'The URL of the picture, sound or file of the message.',
    { personal: true },
    url,
  );

export const senderId = <P>(sender: (payload: P) => Text): Fact<P> =>
  fact.text(
    'sender',
    'Your own number, short code or bot on the channel.',
    { personal: false },
    sender,
  );

/** Source: Sinch specification, ConversationDirection. */
export const direction = <P>(written: (payload: P) => Text): Fact<P> =>
  fact.text(
    'direction',
    'Who wrote it: TO_APP, the person; TO_CONTACT, your business, like the echo of a message from its own phone.',
    {
      personal: false,
      known: ['TO_APP', 'TO_CONTACT', 'UNDEFINED_DIRECTION'],
      inOwnMessage: 'TO_CONTACT',
    },
    (payload) => written(payload)?.toUpperCase(),
  );

export const eventId = <P>(id: (payload: P) => Text): Fact<P> =>
  fact.text('event', 'Sinch’s id of the event.', { personal: false, callbacksPerValue: 10 }, id);

export const requestId = <P>(id: (payload: P) => Text): Fact<P> =>
  fact.text(
    'request',
    'The id of the request that this answers; one request may be answered for several channels.',
    { personal: false, search: 'request_id' },
    id,
  );

export const batchId = <P>(id: (payload: P) => Text): Fact<P> =>
  fact.text(
    'batch',
    'The batch that the messages belong to.',
    { personal: false, search: 'batch_id' },
    id,
  );

export const displayName = <P>(name: (payload: P) => Text): Fact<P> =>
  fact.text('display name', 'The contact’s name.', { personal: true }, name);

/** Only a failure has a reason. Source: Sinch specification, DeliveryReport. */
const FAILED = { fact: 'status', values: ['FAILED', 'SWITCHING_CHANNEL'] };

/** The channel's own code. */
export const channelCodeFact: Fact<{ readonly reason?: Reason }> = fact.text(
  'channel error code',
  'The code of the channel, for example Meta’s 131047.',
  { personal: false, onlyWith: FAILED, isFailureCode: true },
  ({ reason }) => reason?.channel_code,
);

/** Why something failed: Sinch's codes and the channel's own code. */
export const reasonFacts: Facts<{ readonly reason?: Reason }> = {
  reason_code: fact.text(
    'failure reason',
    'Why it failed: Sinch’s code.',
    { personal: false, known: REASON_CODES, onlyWith: FAILED },
    ({ reason }) => reason?.code,
  ),
  reason_sub_code: fact.text(
    'failure detail',
    'Sinch’s closer reason.',
    { personal: false, known: REASON_SUB_CODES, onlyWith: FAILED },
    ({ reason }) => reason?.sub_code,
  ),
  reason_description: fact.text(
    'failure description',
    'Sinch’s reason as a sentence.',
    { personal: true },
    ({ reason }) => reason?.description,
  ),
  channel_code: channelCodeFact,
};

/** A delivery report, as far as these facts read it. */
interface Report {
  readonly status?: Text;
  readonly reason?: Reason;
  readonly channel_identity?: ChannelIdentity;
}

/** What other messaging services call a status. */
const STATUS_NAMES: Readonly<Record<string, string>> = {
  UNDELIVERED: 'FAILED',
  UNDELIVERABLE: 'FAILED',
  NOT_DELIVERED: 'FAILED',
  REJECTED: 'FAILED',
  ERROR: 'FAILED',
  BOUNCED: 'FAILED',
  QUEUED: 'QUEUED_ON_CHANNEL',
  SENT: 'QUEUED_ON_CHANNEL',
  ACCEPTED: 'QUEUED_ON_CHANNEL',
  SEEN: 'READ',
  OPENED: 'READ',
  SUCCESS: 'DELIVERED',
  SUCCEEDED: 'DELIVERED',
  RECEIVED: 'DELIVERED',
};

/** The status of a message or event that you sent. Source: Sinch specification, DeliveryStatus. */
export const statusFact: Fact<Report> = fact.text(
  'delivery status',
  'The status of the message or event that you sent.',
  {
    personal: false,
    known: ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ', 'FAILED', 'SWITCHING_CHANNEL'],
    synonyms: STATUS_NAMES,
  },
  ({ status }) => status,
);

export const failureClassFact: Fact<Report> = fact.text(
  'failure class',
  'What kind of failure: the list that names the channel’s code, else the reason. An unlisted code is uncertain.',
  { personal: false, known: FAILURE_CLASSES, onlyWith: FAILED, recompute: failureClassAgain },
  ({ channel_identity, status, reason }, { lists }) =>
    failureClass({ status, reason, channel: channel_identity?.channel }, lists),
);

/** Returns the failure class by these lists, from the facts of a failure as the journal has them. */
function failureClassAgain(stored: Readonly<Record<string, unknown>>, lists: Lists): FactValue {
  const text = (name: string): string | undefined =>
    typeof stored[name] === 'string' ? stored[name] : undefined;
  const reason = {
    code: text('reason_code'),
    sub_code: text('reason_sub_code'),
    channel_code: text('channel_code'),
  };
  return failureClass({ status: text('status'), channel: text('channel'), reason }, lists);
}

/** Facts of a delivery report. */
export const deliveryFacts: Facts<Report> = {
  status: statusFact,
  ...reasonFacts,
  failure_class: failureClassFact,
};

/** Returns a fact for a payload that is translated into the fact's own first. */
export const factOf = <P, Q>(translate: (payload: P) => Q, own: Fact<Q>): Fact<P> => ({
  ...own,
  read: (payload, context) => own.read(translate(payload), context),
});
