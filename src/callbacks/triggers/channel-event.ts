import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import { senderId } from '../facts/shared-facts.ts';
import { noticeFacts } from '../shapes/channel-notice.ts';
import { findText } from '../shapes/free-form.ts';
import { type ChannelNotice, familyOf } from '../shapes/notice-family.ts';
import { limitRecord } from '../shapes/notice-fields.ts';
import { ratingIn } from '../shapes/notice-kind.ts';
import { Anything, ChannelIdentity, isRecord, Text } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** News of a channel itself. Source: Sinch specification, ChannelEvent; the reference pages name the sender in `channel_identity`. */
export const ChannelEvent = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw)) return raw;
    const { channel_event, ...rest } = raw;
    const event = isRecord(channel_event) ? { ...rest, ...channel_event } : raw;
    if (event.channel || !isRecord(event.channel_identity)) return event;
    return { ...event, channel: event.channel_identity.channel };
  }),
  v.looseObject({
    channel: Text,
    event_type: Text,
    additional_data: Anything,
    channel_identity: ChannelIdentity,
  }),
);
export type ChannelEvent = v.InferOutput<typeof ChannelEvent>;

const RATINGS = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const;

const noticeOf = ({ channel, event_type, additional_data }: ChannelEvent): ChannelNotice => ({
  channel,
  type: event_type,
  data: additional_data,
});

/** The sender's rating. The rating of a template is not the sender's, and a plain `rating` counts only if the notice is about quality. */
function rating(event: ChannelEvent): string | undefined {
  const notice = noticeOf(event);
  const family = familyOf(notice);
  if (family === 'template') return undefined;
  return family === 'quality'
    ? ratingIn(notice.data)
    : findText(notice.data, ['quality_rating'])?.toUpperCase();
}

const previousRating = ({ additional_data }: ChannelEvent): string | undefined =>
  findText(additional_data, [
    'previous_quality_rating',
    'previous_rating',
    'old_quality_rating',
    'old_rating',
  ])?.toUpperCase();

export const channelEvent = defineTrigger<ChannelEvent>({
  name: 'CHANNEL_EVENT',
  noun: 'number',
  description:
    'Something changed at the channel: a WhatsApp quality rating, a number’s status. Paths start inside channel_event.',
  keys: ['channel_event_notification', 'channel_event'],
  subjectFacts: ['channel'],
  always: ['app_id', 'channel', 'event_type', 'notice_family', 'notice_kind'],
  alwaysSubscribed: true,
  schema: ChannelEvent,
  // Sinch gives channel events no id, and the same rating may come again: only the whole body distinguishes two events.
  identity: () => [],
  // `channel_identity` is the sender, not a person: it is `sender_id`, never `identity`.
  subject: ({ channel }) => ({ channel }),
  recordState: (event) => {
    const { channel } = event;
    const now = rating(event);
    const limit = limitRecord(noticeOf(event));
    return channel && now
      ? [{ kind: 'rating', channel, rating: now, previous: previousRating(event) }, ...limit]
      : limit;
  },
  facts: {
    event_type: fact.text(
      'event type',
      'What happened: Sinch’s name of the event.',
      {
        personal: false,
        eventType: true,
        known: ['WHATS_APP_QUALITY_RATING_CHANGED', 'QUALITY_UPDATE'],
      },
      ({ event_type }) => event_type,
    ),
    quality_rating: fact.text(
      'quality rating',
      'The channel’s rating of what the sender sends.',
      { personal: false, known: RATINGS, previous: 'previous_quality_rating' },
      rating,
    ),
    previous_quality_rating: fact.recalled(
      'text',
      'previous quality rating',
      'The rating before this one: from the callback, else from stored state.',
      { personal: false, known: RATINGS },
    ),
    sender_id: senderId(({ channel_identity }) => channel_identity?.identity),
    ...noticeFacts(noticeOf),
  },
});
