import * as v from 'valibot';
import { fact } from './fact.ts';
import { findText } from './free-form.ts';
import { senderId } from './message-words.ts';
import { Anything, ChannelIdentity, isRecord, Text } from './parts.ts';
import { defineTrigger } from './trigger.ts';

/** News of a channel itself. Source: Sinch specification, ChannelEvent; the reference pages name the sender in `channel_identity`. */
export const ChannelEvent = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    const event = isRecord(raw) && isRecord(raw.channel_event) ? raw.channel_event : raw;
    if (!isRecord(event) || event.channel || !isRecord(event.channel_identity)) return event;
    return { ...event, channel: event.channel_identity.channel };
  }),
  v.looseObject({ channel: Text, event_type: Text, additional_data: Anything, channel_identity: ChannelIdentity }),
);
export type ChannelEvent = v.InferOutput<typeof ChannelEvent>;

const RATINGS = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const;

const isAbout = (event: ChannelEvent, what: RegExp): boolean => what.test(event.event_type ?? '');

/** The rating, upper-cased. Other channels' events may call it plain `rating`: read so only when the type speaks of quality. */
function rating(event: ChannelEvent): string | undefined {
  const plain = isAbout(event, /quality/i) ? ['new_quality_rating', 'new_rating', 'rating'] : [];
  return findText(event.additional_data, ['quality_rating', ...plain])?.toUpperCase();
}

const previousRating = (event: ChannelEvent): string | undefined =>
  findText(event.additional_data, [
    'previous_quality_rating',
    'previous_rating',
    'old_quality_rating',
    'old_rating',
  ])?.toUpperCase();

/** A status that Sinch may name outright, or as plain `status` in an event of that type. */
const status = (event: ChannelEvent, what: RegExp, ...names: string[]): string | undefined =>
  findText(event.additional_data, isAbout(event, what) ? [...names, 'new_status', 'status'] : names)?.toUpperCase();

export const channelEvent = defineTrigger<ChannelEvent>({
  name: 'CHANNEL_EVENT',
  description:
    'Something changed at the channel: a WhatsApp quality rating, a number’s status. Paths start inside channel_event.',
  keys: ['channel_event_notification', 'channel_event'],
  schema: ChannelEvent,
  // Sinch gives channel events no id, and the same rating may come again: only the whole body tells two events apart.
  identity: () => [],
  about: ({ channel }) => ({ channel }),
  remembers: (event) => {
    const now = rating(event);
    return event.channel && now
      ? [{ kind: 'rating', channel: event.channel, rating: now, previous: previousRating(event) }]
      : [];
  },
  facts: {
    event_type: fact.text('type of event', 'What happened, in Sinch’s words.', ({ event_type }) => event_type, {
      known: ['WHATS_APP_QUALITY_RATING_CHANGED', 'QUALITY_UPDATE'],
    }),
    quality_rating: fact.text(
      'quality rating',
      'How people like what the sender sends, by the channel’s own measure.',
      rating,
      {
        known: RATINGS,
        previous: 'previous_quality_rating',
      },
    ),
    previous_quality_rating: fact.recalled(
      'text',
      'previous quality rating',
      'The rating before this one: as Sinch says, else as we remember.',
      {
        known: RATINGS,
      },
    ),
    sender_id: senderId(({ channel_identity }) => channel_identity?.identity),
    number_status: fact.text(
      'status of the number',
      'Whether the channel lets the number send: verified, restricted, deleted.',
      (event) => status(event, /number|phone|sender/i, 'phone_number_status', 'number_status'),
    ),
    display_name_status: fact.text(
      'status of the display name',
      'Whether the channel approved the name that people see.',
      (event) => status(event, /name/i, 'display_name_status', 'name_status'),
    ),
    certificate_status: fact.text(
      'status of the certificate',
      'Whether the number’s certificate must be renewed.',
      (event) => status(event, /certificate/i, 'certificate_status'),
    ),
    template_status: fact.text(
      'status of the template',
      'What the channel decided about a message template.',
      (event) => status(event, /template/i, 'template_status', 'message_template_status'),
    ),
    template_name: fact.text('template', 'The message template that the event is about.', ({ additional_data }) =>
      findText(additional_data, ['template_name', 'message_template_name']),
    ),
    messaging_limit: fact.text(
      'messaging limit',
      'How many people a day the channel lets you write to first.',
      ({ additional_data }) =>
        findText(additional_data, [
          'messaging_limit',
          'messaging_limit_tier',
          'max_daily_conversations_per_business',
          'current_limit',
        ]),
    ),
    additional_data: fact.json(
      'details',
      'Whatever else the channel tells; reach into it with a path under payload.',
      ({ additional_data }) => additional_data,
    ),
  },
});
