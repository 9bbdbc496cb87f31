import * as v from 'valibot';
import { Review, Reviews } from '../api/reviews.ts';
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
    if (id !== undefined && decide !== undefined) {
      const body = { decision: decide, ...(scope ? { scope } : {}), ...(await byWhom(hand, shell)) };
      const decided = await askWorker(
        `/v1/reviews/${encodeURIComponent(id)}`,
        Review,
        address,
        shell,
        sending('POST', body),
      );
      shell.out(json ? JSON.stringify(decided) : `${decided.state} by ${decided.decided_by ?? ''}`);
      return 0;
    }
    const list = await askWorker('/v1/reviews', Reviews, address, shell);
    if (json) shell.out(JSON.stringify(list));
    else if (list.reviews.length === 0) shell.out('nothing is to be decided');
    for (const review of json ? [] : list.reviews) {
      shell.out(`${review.id}  ${clock(review.at)}  ${review.because}`);
      for (const { contact, channel, identity, suppressed } of review.people) {
        shell.out(
          `    ${channel} ${identity}${contact ? ` (contact ${contact})` : ''}: ${suppressed ? 'said no' : 'did not say no'}`,
        );
      }
    }
    return 0;
  },
});
