import { APP, minutes, PERSON } from '../sample.ts';

/** A recording that is there to be fetched; without `url` the notice names no address. */
export const recording = (url?: string) => ({
  app_id: APP,
  accepted_time: minutes(-1),
  record_notification: {
    call_id: 'call-1',
    recording_id: 'rec-1',
    ...(url ? { recording_url: url } : {}),
    duration_seconds: 3,
    format: 'mp3',
  },
});

/** An answer to a question about a capability: not known yet. */
export const capability = (requestId: string) => ({
  app_id: APP,
  capability_notification: {
    request_id: requestId,
    channel: 'RCS',
    identity: PERSON,
    capability_status: 'CAPABILITY_UNKNOWN',
  },
});

/** A contact that comes or goes. */
export const contact = (kind: 'create' | 'delete') => ({
  app_id: '',
  event_time: minutes(kind === 'create' ? -5 : -1),
  [`contact_${kind}_notification`]: {
    contact: {
      id: '01JCONTACT1',
      channel_identities: [{ channel: 'SMS', identity: PERSON, app_id: '' }],
      display_name: 'Åsa',
      email: '',
      external_id: '',
      metadata: '',
      language: 'SV',
    },
  },
});
