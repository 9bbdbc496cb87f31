import type { RowId } from '../../founding-pages/row.ts';
import type { Box } from '../box.ts';
import { APP, minutes, PERSON } from '../sample.ts';

/** What comes in and what must be seen then; `rules` are published first, on top of the shipped ones. */
export interface Scenario {
  readonly message: string;
  /** The rows of the founding pages that it proves. */
  readonly rows?: readonly RowId[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly comes: readonly object[];
  readonly seen: (box: Box) => Promise<unknown>;
  readonly is: unknown;
  readonly rules?: Readonly<Record<string, object>>;
}

/** Another of our own reserved numbers. */
export const OTHER = '46701740611';

export const read = async <T>(box: Box, path: string): Promise<T> =>
  (await box.ask(path)).json<T>();

/** Which rules told people, and how urgently. */
export const told = async (box: Box): Promise<readonly string[]> =>
  (await box.arrivals('alert')).map(({ body }) => `${body.rule} ${body.severity}`).toSorted();
/** Titles and texts that people were told, as one. */
export const words = async (box: Box): Promise<string> =>
  (await box.arrivals('alert')).map(({ body }) => `${body.title} ${body.text}`).join('\n');
export const forwarded = async (box: Box): Promise<readonly unknown[]> =>
  (await box.arrivals('forward')).map(({ body }) => body);
/** Where messages were sent again, by channel and address. */
export const sent = async (box: Box): Promise<readonly string[]> =>
  (await box.arrivals('messages:send')).map(({ body }) => {
    const { recipient } = body as {
      recipient: { identified_by: { channel_identities: Address[] } };
    }; // what Sinch takes
    return recipient.identified_by.channel_identities
      .map(({ channel, identity }) => `${channel} ${identity}`)
      .join();
  });
interface Address {
  readonly channel: string;
  readonly identity: string;
}
export const recipient =
  (channel = 'SMS', identity = PERSON) =>
  (box: Box) =>
    read<{
      suppressed: boolean;
      history: object[];
      capability: { channel: string; status: string }[];
    }>(box, `/v1/recipients/${channel}/${identity}`);
export const suppressed =
  (channel = 'SMS', identity = PERSON) =>
  async (box: Box) =>
    (await recipient(channel, identity)(box)).suppressed;
/** The newest capability of a person on a channel; none where it is unknown. */
export const able =
  (channel: string, identity = PERSON) =>
  async (box: Box) =>
    (await recipient(channel, identity)(box)).capability.find((known) => known.channel === channel)
      ?.status ?? 'none';
export const limit =
  (channel = 'WHATSAPP') =>
  async (box: Box) =>
    (await read<{ throttle: { to: string } | null }>(box, `/v1/senders/${APP}/${channel}`)).throttle
      ?.to ?? 'free';
/** What is on record: trigger, rules that fired, actions with their outcomes. */
export const onRecord =
  (query = '') =>
  async (box: Box) => {
    interface Page {
      decisions: {
        trigger: string;
        rules: { rule: string }[];
        actions: { action: string; outcome: string }[];
      }[];
    }
    return (await read<Page>(box, `/v1/decisions${query}`)).decisions.flatMap(
      ({ trigger, rules, actions }) => [
        trigger,
        ...rules.map(({ rule }) => rule),
        ...actions.map(({ action, outcome }) => `${action} ${outcome}`),
      ],
    );
  };
/** The receipts of a message, oldest first. */
export const receipts = (id: string) => async (box: Box) =>
  (await read<{ statuses: { status: string }[] }>(box, `/v1/messages/${id}`)).statuses.map(
    ({ status }) => status,
  );
export const stats = (box: Box) =>
  read<{ triggers: object[]; channels: object[]; reason_codes: object[] }>(
    box,
    '/v1/stats?since=1d',
  );
export const openReviews = async (box: Box) =>
  (
    await read<{ reviews: { kind: string; people: { identity: string }[] }[] }>(box, '/v1/reviews')
  ).reviews.map(({ kind, people }) => [kind, ...people.map(({ identity }) => identity).toSorted()]);

/** A rule of one's own. */
export const ownRule = (name: string, on: readonly string[], when: object, then: object) => ({
  [`${name}.json`]: { name, why: 'to try it', owner: 'tests', on, when, then: [then] },
});
export const tell = (title: string) => ({ action: 'alert', params: { severity: 'low', title } });

const about = (at: string) => ({ app_id: APP, event_time: at, accepted_time: at });

/** The capability of a person on a channel. */
export const capability = (
  channel: string,
  status: string,
  options: { identity?: string; at?: string; app?: string } = {},
) => ({
  ...about(options.at ?? minutes(-5)),
  ...(options.app !== undefined && { app_id: options.app }),
  capability_notification: {
    request_id: `01JR${channel}${status}${options.identity ?? ''}${options.at ?? ''}${options.app ?? ''}`,
    channel,
    identity: options.identity ?? PERSON,
    capability_status: status,
  },
});
const person = (id: string, identity: string, more: object = {}) => ({
  id,
  channel_identities: [{ channel: 'SMS', identity, app_id: '' }],
  display_name: 'Åsa',
  email: '',
  external_id: 'customer-5521',
  metadata: '',
  language: 'SV',
  ...more,
});
export const contact = (kind: 'create' | 'update', more: object = {}, at = minutes(-9)) => ({
  ...about(at),
  [`contact_${kind}_notification`]: { contact: person('01JCONTACT1', PERSON, more) },
});
export const contactGone = {
  ...about(minutes(-1)),
  contact_delete_notification: { contact_id: '01JCONTACT1' },
};
export const merged = {
  ...about(minutes(-1)),
  contact_merge_notification: {
    preserved_contact: person('01JCONTACT1', PERSON),
    deleted_contact: person('01JCONTACT2', OTHER),
  },
};
/** The same number in two contacts, and another number in two others. */
export const duplicated = {
  ...about(minutes(-1)),
  duplicated_contact_identities_notification: {
    duplicated_identities: [
      { channel: 'SMS', contact_ids: ['01JCONTACT1', '01JCONTACT2'] },
      { channel: 'WHATSAPP', contact_ids: ['01JCONTACT3', '01JCONTACT4'] },
    ],
  },
};
export const batch = (status: string, total: number, failed: number, more: object = {}) => ({
  ...about(minutes(-1)),
  batch_status_update: {
    batch_id: '01JBATCH',
    status,
    total_messages: total,
    successful_messages: total - failed,
    failed_messages: failed,
    processing_time_ms: 41_870,
    ...more,
  },
});
export const recording = (name = 'rec-1.wav') => ({
  ...about(minutes(-1)),
  record_notification: {
    call_id: 'call-1',
    recording_id: name,
    recording_url: `https://storage.sinch.com/files/${name}`,
    duration_seconds: 3,
    format: 'wav',
  },
});
export const unsupported = (payload: string, channel = 'WHATSAPP') => ({
  ...about(minutes(-1)),
  unsupported_callback: {
    channel,
    payload,
    id: `01JU${payload.length}`,
    contact_id: '',
    conversation_id: '',
  },
});
export const numberStatus = (status: string, at = minutes(-5)) => ({
  ...about(at),
  channel_event_notification: {
    channel_event: {
      channel: 'WHATSAPP',
      event_type: 'PHONE_NUMBER_STATUS_UPDATE',
      additional_data: { phone_number_status: status },
    },
  },
});

/** Posts JSON, as `ines` by name, and returns the answer. */
export const post = async <T>(box: Box, path: string, body: object): Promise<T> =>
  (await box.ask(path, { method: 'POST', body: JSON.stringify(body) })).json<T>();
export const HAND = { actor: 'ines', reason: 'to try it' };
