import * as v from 'valibot';
import { defineOperation, Time, text } from '../operation.ts';
import {
  After,
  Bulk,
  Dropped,
  GivingUp,
  PageQuery,
  Period,
  ReasonQuery,
  RedeliveryStep,
  State,
} from './dead-letters.ts';

/** A signed body that cannot be read, and why. */
export const Quarantined = v.object({
  id: v.string(),
  /** When it arrived last. */
  at: Time,
  code: v.string(),
  reason: v.string(),
  bytes: v.number(),
  /** How often it arrived. */
  times: v.number(),
  redelivered_at: v.nullable(Time),
  /** The actor and reason, where it was dropped. */
  dropped: v.nullable(v.string()),
});
export type Quarantined = v.InferOutput<typeof Quarantined>;
export const QuarantineList = v.object({
  quarantine: v.array(Quarantined),
  next: v.nullable(v.string()),
});

/** Filters of bodies. */
const Selection = { ...Period, code: v.optional(text()) };

export const listQuarantine = defineOperation({
  name: 'listQuarantine',
  method: 'get',
  path: '/v1/quarantine',
  role: 'read',
  summary: 'Signed bodies that cannot be read',
  description:
    'Newest first; `before` continues after an entry. The bodies are not returned, because they may identify people.',
  query: { ...PageQuery, ...Selection, state: State },
  responses: {
    200: { description: 'Entries, and the next page.', content: QuarantineList },
  },
});

export const readQuarantined = defineOperation({
  name: 'readQuarantined',
  method: 'get',
  path: '/v1/quarantine/:id',
  role: 'read',
  summary: 'A signed body that cannot be read',
  params: { id: v.string() },
  responses: {
    200: { description: 'The entry, without the body.', content: Quarantined },
    404: { description: 'No body has this id.' },
  },
});

export const redeliverQuarantined = defineOperation({
  name: 'redeliverQuarantined',
  method: 'post',
  path: '/v1/quarantine/:id/redeliver',
  role: 'admin',
  summary: 'Redeliver a body that can be read by now',
  description:
    'Processes it like a callback, behind a queue. While it cannot be read, it stays and the response is 422.',
  params: { id: v.string() },
  query: ReasonQuery,
  refuses: ['not_found', 'conflict'],
  responses: {
    200: {
      description: 'The body is on the queue.',
      content: v.object({ redelivered: Quarantined }),
    },
    404: { description: 'No body has this id.' },
    422: { description: 'It cannot be read; `detail` states why.' },
  },
});

export const dropQuarantined = defineOperation({
  name: 'dropQuarantined',
  method: 'post',
  path: '/v1/quarantine/:id/drop',
  role: 'admin',
  summary: 'Drop a body that cannot be read',
  description:
    'It stays on record with actor and reason; `/healthz` and the metrics no longer count it. It can still be redelivered.',
  params: { id: v.string() },
  body: GivingUp,
  responses: {
    200: { description: 'The body is dropped.', content: v.object({ dropped: Quarantined }) },
    404: { description: 'No body has this id.' },
  },
});

export const redeliverQuarantine = defineOperation({
  name: 'redeliverQuarantine',
  method: 'post',
  path: '/v1/quarantine/redeliver',
  role: 'admin',
  summary: 'Redeliver many bodies that can be read by now',
  description:
    'Selects open entries, without filters all; `dry_run` only counts. One call puts back at most 50, oldest first; those that still cannot be read stay. Call again with `after` set to `next` until `next` is null.',
  body: v.strictObject({ ...Selection, ...Bulk, ...After }),
  responses: {
    200: { description: 'How many were put back, and where to go on.', content: RedeliveryStep },
  },
});

export const dropQuarantine = defineOperation({
  name: 'dropQuarantine',
  method: 'post',
  path: '/v1/quarantine/drop',
  role: 'admin',
  summary: 'Drop many bodies that cannot be read',
  description: 'Selects open entries, without filters all; `dry_run` only counts.',
  body: v.strictObject({ ...Selection, ...Bulk }),
  responses: { 200: { description: 'How many were dropped.', content: Dropped } },
});

export const operations = [
  listQuarantine,
  readQuarantined,
  redeliverQuarantine,
  dropQuarantine,
  redeliverQuarantined,
  dropQuarantined,
] as const;
