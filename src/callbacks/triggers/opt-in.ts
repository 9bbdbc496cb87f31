import {
  isOpt,
  OPT_SUBJECT_FACTS,
  OptNotification,
  optFacts,
  optIdentity,
  optSubject,
} from '../shapes/opt-notification.ts';
import { contactRecord } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, OptInNotification. */
export const optIn = defineTrigger<OptNotification>({
  name: 'OPT_IN',
  noun: 'opt-in',
  description:
    'A person opted in at the channel, or by a keyword that Sinch’s consent management knows.',
  keys: ['opt_in_notification', 'opt_out_notification'],
  subjectFacts: OPT_SUBJECT_FACTS,
  always: ['app_id', 'channel', 'opt_status'],
  journalClass: 'consent',
  alwaysSubscribed: true,
  schema: OptNotification,
  claims: isOpt('OPT_IN'),
  identity: optIdentity,
  subject: optSubject,
  recordState: (opt, { appId }) => contactRecord(optSubject(opt), appId),
  facts: optFacts,
});
