import { time } from '../api/operation.ts';
import { dropDeadLetter, listDeadLetters, redeliverDeadLetter } from '../api/operations.ts';
import { open } from '../services.ts';
import type { DeadLetterRow } from '../stores/dead-letters.ts';
import { route } from './route.ts';
import { onRecord } from './token.ts';

const shown = ({ at, callback_id, redelivered_at, ...row }: DeadLetterRow) => ({
  ...row,
  callback: callback_id,
  at: time(at),
  redelivered_at: redelivered_at === null ? null : time(redelivered_at),
});

/** `/v1/dead-letters`: lists, redelivers and drops work that could not be done. */
export const deadLetterRoutes = [
  route(listDeadLetters, async (c) => {
    const { limit, before } = c.req.valid('query');
    const rows = await open(c.env).deadLetters.list(limit, before);
    return c.json({
      dead_letters: rows.map(shown),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    });
  }),
  route(redeliverDeadLetter, async (c) => {
    const services = open(c.env);
    const { reason } = c.req.valid('query');
    const letter = await services.deadLetters.redeliver(c.req.param('id'), services.now());
    console.log({
      event: 'dead-letter.redelivered',
      id: letter.id,
      actor: c.var.caller.name,
      reason,
    });
    return c.json({ redelivered: shown(letter) });
  }),
  route(dropDeadLetter, async (c) => {
    const { actor, reason } = c.req.valid('json');
    const record = `${onRecord(actor, c.var.caller)}: ${reason}`;
    return c.json({
      dropped: shown(await open(c.env).deadLetters.drop(c.req.param('id'), record)),
    });
  }),
];
