import * as v from 'valibot';
import { stableId } from '../crypto/stable-id.ts';
import { defineAction, type EffectContext } from './action.ts';

/** Names that need no escaping in an R2 key or a URL. Any other name is hashed, so that two names never share a key. */
const PLAIN = /^[\w-][\w.-]{0,199}$/;

/** The longest time of one try, in milliseconds: two minutes to fetch, then the file is read again for its hash. */
export const LONGEST_TRY = 300_000;

/** Archives a recording or a file that a person sent, before its URL expires: one object for each recording, whichever rules ask for it. */
export const archive = defineAction({
  name: 'archive',
  kind: 'effect',
  description:
    'Copies the recording or media of the callback to R2, up to 100 MiB, with its SHA-256. A copy that fails leaves nothing and is tried again. A notification without a URL is only recorded.',
  params: v.strictObject({}),
  requiredFacts: [['recording_url', 'media_url']],
  carriesFacts: ['recording_url', 'recording_id', 'entity_id', 'media_url'],
  holdable: true,
  budget: { count: 20_000, within: '1h', over: 'run' },
  summary: () => 'keep a copy of the recording or media',
  lease: LONGEST_TRY,
  claim: async (_, context) => `archive/${await keyOf(context)}`,
  async deliver(_, context) {
    const { facts } = context.effect;
    const url = facts.recording_url ?? facts.media_url;
    if (typeof url !== 'string') return { skipped: 'the notification contains no URL' };
    return context.archive(url, await keyOf(context));
  },
});

async function keyOf({ effect: { facts }, subject }: EffectContext): Promise<string> {
  const name = String(
    facts.recording_id ?? facts.entity_id ?? subject.messageId ?? subject.callbackId,
  );
  const plain = PLAIN.test(name) ? name : await stableId(['archive', name]);
  return `${facts.recording_url ? 'recordings' : 'media'}/${plain}`;
}
