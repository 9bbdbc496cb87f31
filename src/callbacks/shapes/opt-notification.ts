import * as v from 'valibot';
import { type Fact, fact } from '../facts/fact.ts';
import { requestId } from '../facts/shared-facts.ts';
import type { CallbackSubject, Envelope } from '../model.ts';
import { Identity, isRecord, Part, Text, withViberBusiness } from './parts.ts';

/** A person opted in or out at the channel itself. Source: Sinch specification, OptInNotification and OptOutNotification. */
export const OptNotification = v.pipe(
  v.unknown(),
  v.transform(withViberBusiness),
  v.looseObject({
    request_id: Text,
    contact_id: Text,
    channel: Text,
    identity: Identity,
    status: Text,
    error_details: Part({ description: Text }),
    processing_mode: Text,
  }),
);
export type OptNotification = v.InferOutput<typeof OptNotification>;

/** Returns a test for one of the two. The status decides, whatever the key (Sinch's 2021 documentation has OPT_IN_SUCCEEDED under opt_out_notification); without a status, the key decides. */
export function isOpt(which: 'OPT_IN' | 'OPT_OUT') {
  return (payload: unknown, { body }: Envelope): boolean => {
    const status = isRecord(payload) && typeof payload.status === 'string' ? payload.status : '';
    if (/^OPT_(IN|OUT)/.test(status)) return status.startsWith(which);
    return body[which === 'OPT_IN' ? 'opt_in_notification' : 'opt_out_notification'] === payload;
  };
}

/** One request may be answered for several channels. */
export const optIdentity = (opt: OptNotification) => [
  opt.request_id,
  opt.channel,
  opt.identity,
  opt.status,
];

/** The facts of the subject that an opt-in or opt-out carries. */
export const OPT_SUBJECT_FACTS = ['channel', 'identity', 'contact_id', 'processing_mode'] as const;

export const optSubject = ({
  channel,
  identity,
  contact_id,
  processing_mode,
}: OptNotification): CallbackSubject => ({
  channel,
  identity,
  contactId: contact_id,
  processingMode: processing_mode,
});

export const optFacts: Readonly<Record<string, Fact<OptNotification>>> = {
  request_id: requestId(({ request_id }) => request_id),
  opt_status: fact.text(
    'outcome',
    'Whether opting in or out worked.',
    {
      personal: false,
      known: ['SUCCEEDED', 'FAILED', 'STATUS_UNSPECIFIED'].flatMap((word) => [
        `OPT_IN_${word}`,
        `OPT_OUT_${word}`,
      ]),
    },
    ({ status }) => status,
  ),
  opt_error: fact.text(
    'opt error',
    'Why opting in or out did not work.',
    { personal: true },
    ({ error_details }) => error_details?.description,
  ),
};
