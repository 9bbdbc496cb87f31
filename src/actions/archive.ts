import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Keeps a recording or a file that a person sent, before its address expires. One object a recording, however often the callback comes. */
export const archive = defineAction({
  name: 'archive',
  kind: 'effect',
  description:
    'Copies the recording or media of the callback to R2. A notice without an address is only put on record.',
  params: v.strictObject({}),
  wants: ['recording_url', 'recording_id', 'entity_id', 'media_url'],
  says: () => 'keep a copy of the recording or media',
  async deliver(_, { effect: { facts }, subject, keep }) {
    const url = facts.recording_url ?? facts.media_url;
    if (typeof url !== 'string') return { skipped: 'the notice names no address' };
    const name = facts.recording_id ?? facts.entity_id ?? subject.messageId ?? subject.callbackId;
    return {
      did: await keep(url, `${facts.recording_url ? 'recordings' : 'media'}/${String(name).replace(/[^\w.-]/g, '_')}`),
    };
  },
});
