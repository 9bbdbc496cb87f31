import * as v from 'valibot';
import { Review, Reviews } from '../api/reviews.ts';
import { AppError } from '../errors.ts';
import { askWorker, WORKER_OPTIONS } from './ask-worker.ts';
import { byWhom, HAND_INPUT, HAND_OPTIONS, sending } from './by-whom.ts';
import { clock } from './columns.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from './command.ts';

/** `reviews`: what a person has to decide, and the decision. */
export const reviews = defineCommand({
  usage: 'reviews [id]',
  description: 'list what a person has to decide (was it a STOP?), or decide one: --decide suppress|dismiss --why "…"',
  options: [
    { flags: '--decide <decision>', description: 'suppress (it was a STOP) or dismiss (it was none)' },
    { flags: '--scope <scope>', description: 'all (default), marketing or notification' },
    ...HAND_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    id: Text,
    decide: v.optional(v.picklist(['suppress', 'dismiss'], 'expected suppress or dismiss')),
    scope: v.optional(v.picklist(['all', 'marketing', 'notification'])),
    ...HAND_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ id, decide, scope, url, token, json, ...hand }, shell) {
    const address = { url, token };
    if ((id === undefined) !== (decide === undefined))
      throw new AppError('bad_request', 'say which and what: reviews <id> --decide suppress|dismiss --why "…"');
    if (id !== undefined && decide !== undefined) {
      const body = { decision: decide, ...(scope ? { scope } : {}), ...(await byWhom(hand, shell)) };
      const decided = await askWorker(
        `/v1/reviews/${encodeURIComponent(id)}`,
        Review,
        address,
        shell,
        sending('POST', body),
      );
      shell.out(json ? JSON.stringify(decided) : decidedWords(decided, scope ?? 'all'));
      return 0;
    }
    const list = await askWorker('/v1/reviews', Reviews, address, shell);
    if (json) shell.out(JSON.stringify(list));
    else if (list.reviews.length === 0) shell.out('nothing is to be decided');
    else {
      for (const line of list.reviews.flatMap(reviewLines)) shell.out(line);
      shell.out('Decide one: signalbox reviews <id> --decide suppress|dismiss --why "…"');
    }
    return 0;
  },
});

/** What a person refuses, as far as a review says. */
const stands = ({ suppressed, marketing }: Review['people'][number]): string =>
  suppressed ? 'said no to all messages' : marketing ? 'said no to marketing' : 'has not said no';

const named = ({ contact, channel, identity }: Review['people'][number]): string =>
  `${channel} ${identity}${contact ? ` (contact ${contact})` : ''}`;

const reviewLines = (review: Review): readonly string[] => [
  `${review.id}  ${clock(review.at)}  ${review.because}`,
  ...review.people.map((side) => `    ${named(side)}: ${stands(side)}`),
];

function decidedWords({ people, state, decided_by }: Review, scope: string): string {
  const whom = people.map(named).join(', ');
  const what =
    state === 'suppressed'
      ? `no more ${scope === 'all' ? 'messages' : scope === 'marketing' ? 'marketing' : 'notifications'} to ${whom}`
      : `dismissed, nothing changes for ${whom}`;
  return `${what}; on record as decided by ${decided_by ?? 'somebody'}`;
}
