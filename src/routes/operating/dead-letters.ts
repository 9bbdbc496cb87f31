import {
  dropDeadLetter,
  dropDeadLetters,
  listDeadLetters,
  readDeadLetter,
  redeliverDeadLetter,
  redeliverDeadLetters,
} from '../../api/operating/dead-letters.ts';
import { time } from '../../api/operation.ts';
import { open } from '../../services.ts';
import type { DeadLetterRow, TitledLetter } from '../../stores/dead-letters.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

const shown = ({
  at,
  callback_id,
  redelivered_at,
  ...row
}: DeadLetterRow & Partial<Pick<TitledLetter, 'title'>>) => ({
  title: null,
  ...row,
  callback: callback_id,
  at: time(at),
  redelivered_at: redelivered_at === null ? null : time(redelivered_at),
});

/** Filters with their times in milliseconds. */
const filterOf = <T extends { since?: string | undefined; until?: string | undefined }>(
  { since, until, ...rest }: T,
  now: number,
) => ({ ...rest, since: momentOf(since, now), until: momentOf(until, now) });

/** `/v1/dead-letters`: lists, redelivers and drops work that could not be done. */
export const deadLetterRoutes = [
  route(listDeadLetters, async (c) => {
    const { deadLetters, now } = open(c.env);
    const { limit, before, state, ...which } = c.req.valid('query');
    const filter = { ...filterOf(which, now()), open: state === 'open' };
    const rows = await deadLetters.list(limit, before, filter);
    return c.json({
      dead_letters: rows.map(shown),
      next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    });
  }),
  route(readDeadLetter, async (c) =>
    c.json(shown(await open(c.env).deadLetters.read(c.req.param('id')))),
  ),
  route(redeliverDeadLetters, async (c) => {
    const { deadLetters, now } = open(c.env);
    const {
      actor,
      reason,
      dry_run: dryRun,
      per_second: pace,
      after,
      ...which
    } = c.req.valid('json');
    const filter = filterOf(which, now());
    const count = await deadLetters.countOf({ ...filter, open: true });
    if (dryRun) return c.json({ count, redelivered: 0, unreadable: 0, next: null });
    const { done, unreadable, next } = await deadLetters.redeliverAll(filter, pace, after);
    console.log({
      // @event dead-letters.redelivered | Many dead letters were redelivered by hand.
      event: 'dead-letters.redelivered',
      count: done,
      actor: onRecord(actor, c.var.caller),
      reason,
    });
    return c.json({ count, redelivered: done, unreadable, next: next ?? null });
  }),
  route(dropDeadLetters, async (c) => {
    const { deadLetters, now } = open(c.env);
    const { actor, reason, dry_run: dryRun, ...which } = c.req.valid('json');
    const filter = filterOf(which, now());
    const count = await deadLetters.countOf({ ...filter, open: true });
    if (dryRun) return c.json({ count, dropped: 0 });
    const record = `${onRecord(actor, c.var.caller)}: ${reason}`;
    return c.json({ count, dropped: await deadLetters.dropAll(filter, record) });
  }),
  route(redeliverDeadLetter, async (c) => {
    const services = open(c.env);
    const { reason } = c.req.valid('query');
    const letter = await services.deadLetters.redeliver(c.req.param('id'), services.now());
    console.log({
      // @event dead-letter.redelivered | A dead letter was redelivered by hand.
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
