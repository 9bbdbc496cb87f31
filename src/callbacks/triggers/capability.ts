import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import { displayName, reasonFacts, requestId } from '../facts/shared-facts.ts';
import type { CallbackSubject } from '../model.ts';
import {
  addressOf,
  ChannelIdentity,
  contactRecord,
  Identity,
  Parts,
  Reason,
  Text,
  Texts,
  withViberBusiness,
} from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** What a person's channel can do. Source: Sinch specification, CapabilityNotification; recipient identities from the reference pages. */
export const Capability = v.pipe(
  v.unknown(),
  v.transform(withViberBusiness),
  v.looseObject({
    request_id: Text,
    contact_id: Text,
    channel: Text,
    identity: Identity,
    capability_status: Text,
    channel_capabilities: Texts,
    channel_recipient_identities: Parts({ channel_identity: ChannelIdentity, display_name: Text }),
    reason: Reason,
    app_id: Text,
    processing_mode: Text,
  }),
);
export type Capability = v.InferOutput<typeof Capability>;

const STATUSES = [
  'CAPABILITY_FULL',
  'CAPABILITY_PARTIAL',
  'NO_CAPABILITY',
  'CAPABILITY_UNKNOWN',
] as const;

const subjectOf = ({
  channel,
  identity,
  contact_id,
  processing_mode,
}: Capability): CallbackSubject => ({
  channel,
  identity,
  contactId: contact_id,
  processingMode: processing_mode,
});

const nameOf = ({ channel_recipient_identities: found }: Capability): string | undefined =>
  found?.find((one) => one.display_name)?.display_name;

export const capability = defineTrigger<Capability>({
  name: 'CAPABILITY',
  noun: 'capability check',
  description: 'The answer to a capability check: whether a person can be reached on a channel.',
  keys: ['capability_notification'],
  subjectFacts: ['channel', 'identity', 'contact_id', 'processing_mode'],
  always: ['app_id', 'channel', 'capability_status'],
  alwaysSubscribed: true,
  schema: Capability,
  // One request is answered once for each channel.
  identity: (answer) => [
    answer.request_id,
    answer.channel,
    answer.identity,
    answer.capability_status,
  ],
  subject: subjectOf,
  recordState: (answer, { appId }) => {
    const address = addressOf(subjectOf(answer), appId);
    const status = answer.capability_status;
    const contact = contactRecord(subjectOf(answer), appId);
    if (!address || !status) return contact;
    return [{ kind: 'capability', address, status, displayName: nameOf(answer) }, ...contact];
  },
  facts: {
    request_id: requestId(({ request_id }) => request_id),
    capability_status: fact.text(
      'capability',
      'Whether the person can be reached on the channel.',
      { personal: false, known: STATUSES, previous: 'previous_capability_status' },
      (answer) => answer.capability_status,
    ),
    previous_capability_status: fact.recalled(
      'text',
      'previous capability',
      'The stored answer before this one.',
      { personal: false, known: STATUSES },
    ),
    channel_capabilities: fact.list(
      'capabilities',
      'What the person’s channel can show: the channel’s own names.',
      { personal: false },
      (answer) => answer.channel_capabilities,
    ),
    display_name: displayName(nameOf),
    recipient_identities: fact.list(
      'addresses found',
      'The addresses that the channel knows for the person.',
      { personal: true },
      (answer) =>
        answer.channel_recipient_identities?.flatMap(
          ({ channel_identity }) => channel_identity?.identity ?? [],
        ),
    ),
    ...reasonFacts,
  },
});
