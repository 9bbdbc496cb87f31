import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: {
    app_id: '',
    event_time: '2026-11-02T09:00:00Z',
    duplicated_contact_identities_notification: {
      duplicated_identities: [
        { channel: 'SMS', identity: '46701740605', app_id: '', contact_ids: ['01JA', '01JB'] },
      ],
    },
  },
  params: { keep: 'oldest' },
  // Sinch has neither of the contacts, so that there is nothing to merge.
  did: async (box) => (await box.arrivals('contacts:merge')).length,
  once: 0,
};
