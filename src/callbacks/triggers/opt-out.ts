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

/** Source: Sinch specification, OptOutNotification. */
export const optOut = defineTrigger<OptNotification>({
  name: 'OPT_OUT',
  noun: 'opt-out',
  description:
    'A person opted out at the channel, or by a keyword that Sinch’s consent management knows.',
  keys: ['opt_out_notification', 'opt_in_notification'],
  subjectFacts: OPT_SUBJECT_FACTS,
  always: ['app_id', 'channel', 'opt_status'],
  journalClass: 'consent',
  alwaysSubscribed: true,
  schema: OptNotification,
  claims: isOpt('OPT_OUT'),
  identity: optIdentity,
  subject: optSubject,
  recordState: (opt, { appId }) => contactRecord(optSubject(opt), appId),
  facts: optFacts,
});
