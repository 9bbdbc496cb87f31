import * as v from 'valibot';
import { stableId } from '../callbacks/callback-id.ts';
import { defineAction, type EffectContext } from './action.ts';

/** What can stand in a key, and in an address, as it is: R2 takes keys of up to 1,024 bytes. Any other name is hashed, so that no two become one. */
const PLAIN = /^[\w-][\w.-]{0,199}$/;

/** How long one try takes at most, in milliseconds: two minutes to copy the file, or to read one again that was stored without a record. */
export const LONGEST_TRY = 300_000;

/** Keeps a recording or a file that a person sent, before its address expires. One object a recording, however often and by whichever rule it is asked for. */
export const archive = defineAction({
  name: 'archive',
  kind: 'effect',
  description:
    'Copies the recording or media of the callback to R2, up to 100 MiB, with its SHA-256. A copy that fails leaves nothing and is tried again. A notification without an address is only recorded.',
  params: v.strictObject({}),
  requiredFacts: [['recording_url', 'media_url']],
  carriesFacts: ['recording_url', 'recording_id', 'entity_id', 'media_url'],
  summary: () => 'keep a copy of the recording or media',
  lease: LONGEST_TRY,
  claim: async (_, context) => `archive/${await keyOf(context)}`,
  async deliver(_, context) {
    const { facts } = context.effect;
    const url = facts.recording_url ?? facts.media_url;
    if (typeof url !== 'string') return { skipped: 'the notice names no address' };
    return context.keep(url, await keyOf(context));
  },
});

async function keyOf({ effect: { facts }, subject }: EffectContext): Promise<string> {
  const name = String(
    facts.recording_id ?? facts.entity_id ?? subject.messageId ?? subject.callbackId,
  );
  const plain = PLAIN.test(name) ? name : await stableId(['archive', name]);
  return `${facts.recording_url ? 'recordings' : 'media'}/${plain}`;
}
