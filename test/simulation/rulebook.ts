import { APPS } from './load/people.ts';

/** Every trigger that Sinch has. */
export const TRIGGERS = [
  'BATCH_STATUS_UPDATE',
  'CAPABILITY',
  'CHANNEL_EVENT',
  'CONTACT_CREATE',
  'CONTACT_DELETE',
  'CONTACT_IDENTITIES_DUPLICATION',
  'CONTACT_MERGE',
  'CONTACT_UPDATE',
  'CONVERSATION_DELETE',
  'CONVERSATION_START',
  'CONVERSATION_STOP',
  'EVENT_DELIVERY',
  'EVENT_INBOUND',
  'MESSAGE_DELIVERY',
  'MESSAGE_INBOUND',
  'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION',
  'MESSAGE_SUBMIT',
  'OPT_IN',
  'OPT_OUT',
  'RECORD_NOTIFICATION',
  'SMART_CONVERSATIONS',
  'UNSUPPORTED',
] as const;
export type TriggerName = (typeof TRIGGERS)[number];

/** The rulebook that is bundled, and the one that is published over it. */
export type Edition = 'bundled' | 'published';

/**
 * What the rules of the simulation say in numbers; the oracle goes by them too. Times in
 * milliseconds.
 */
export const TERMS = {
  retry: { atMost: 3, within: 2 * 3_600_000 },
  red: { count: 6, per: 60_000, for: 20 * 60_000 },
  pileUp: { count: 5, within: 10 * 60_000, cooldown: 30 * 60_000 },
  reply: { within: 5 * 60_000 },
  groupInterval: 5 * 60_000,
  /** How many capability checks are sent a minute. */
  checks: { count: 3, per: 60_000 },
  heartbeats: [
    { trigger: 'MESSAGE_INBOUND', app: APPS[0]?.id, channel: undefined, quietFor: 4 * 60_000 },
    { trigger: 'CHANNEL_EVENT', app: undefined, channel: 'WHATSAPP', quietFor: 6 * 60_000 },
  ],
} as const;

interface Named {
  readonly name: string;
  readonly on: readonly TriggerName[];
  readonly when: object;
  readonly then: readonly { readonly action: string; readonly params?: object }[];
  readonly [more: string]: unknown;
}

const is = (fact: string, value: unknown): object => ({ fact, operator: 'equal', value });
const all = (...conditions: readonly object[]): object => ({ all: conditions });
const failed = (reason: string): object => all(is('status', 'FAILED'), is('reason_code', reason));
const said = (text: string) => ({ on: ['MESSAGE_INBOUND'] as const, when: is('text', text) });
const rated = (rating: string) => ({
  on: ['CHANNEL_EVENT'] as const,
  when: all(is('channel', 'WHATSAPP'), is('quality_rating', rating)),
});
const alert = (severity: string, title: string) => ({
  action: 'alert',
  params: { severity, title: `${title} {{app_id}}` },
});

const COMMON: readonly Named[] = [
  {
    name: 'seen',
    on: TRIGGERS,
    when: { fact: 'trigger', operator: 'present' },
    then: [{ action: 'ignore', params: { because: 'every callback is seen' } }],
  },
  {
    name: 'stop',
    ...said('STOP'),
    then: [
      { action: 'suppress', params: { scope: 'all' } },
      { action: 'reply', params: { text: 'You get no more messages. ({{message_id}})' } },
    ],
  },
  {
    name: 'stop-promo',
    ...said('STOP PROMO'),
    then: [{ action: 'suppress', params: { scope: 'marketing' } }],
  },
  { name: 'start', ...said('START'), then: [{ action: 'unsuppress', params: { scope: 'all' } }] },
  {
    name: 'opt-out',
    on: ['OPT_OUT'],
    when: is('opt_status', 'OPT_OUT_SUCCEEDED'),
    then: [{ action: 'suppress', params: { scope: 'all' } }],
  },
  {
    name: 'opt-in',
    on: ['OPT_IN'],
    when: is('opt_status', 'OPT_IN_SUCCEEDED'),
    then: [{ action: 'unsuppress', params: { scope: 'all' } }],
  },
  {
    name: 'ordered',
    ...said('ORDERED'),
    then: [{ action: 'forward', params: { to: 'forward', ordering_key: '{{conversation_id}}' } }],
  },
  { name: 'plain', ...said('PLAIN'), then: [{ action: 'forward', params: { to: 'forward' } }] },
  { name: 'moved', ...said('MOVED'), then: [{ action: 'forward', params: { to: 'moving' } }] },
  {
    name: 'recorded',
    on: ['RECORD_NOTIFICATION'],
    when: { fact: 'recording_url', operator: 'present' },
    then: [{ action: 'archive' }],
  },
  {
    name: 'pictured',
    on: ['MESSAGE_INBOUND'],
    when: { fact: 'media_url', operator: 'present' },
    then: [{ action: 'archive' }],
  },
  { name: 'closed', ...said('CLOSED'), then: [{ action: 'forward', params: { to: 'closed' } }] },
  {
    name: 'near-miss',
    ...said('PLEASE STOP'),
    then: [
      { action: 'review', params: { because: 'Not a plain STOP' } },
      alert('low', 'Near miss at'),
    ],
  },
  {
    name: 'red',
    ...rated('RED'),
    then: [
      { action: 'throttle', params: { to: '6/minute', for: '20m' } },
      alert('critical', 'RED for'),
    ],
  },
  { name: 'yellow', ...rated('YELLOW'), then: [alert('high', 'YELLOW for')] },
  {
    name: 'green',
    ...rated('GREEN'),
    then: [{ action: 'release', params: { rule: 'red' } }],
    resolves: ['red', 'yellow'],
  },
  {
    name: 'retry',
    on: ['MESSAGE_DELIVERY'],
    when: failed('RATE_LIMITED'),
    then: [
      {
        action: 'retry',
        params: { at_most: TERMS.retry.atMost, first_delay: '20s', factor: 2, within: '2h' },
      },
    ],
  },
  {
    name: 'dead',
    on: ['MESSAGE_DELIVERY'],
    when: failed('RECIPIENT_INVALID'),
    then: [alert('low', 'A dead address at')],
  },
  {
    name: 'pile-up',
    on: ['MESSAGE_DELIVERY'],
    when: failed('RECIPIENT_INVALID'),
    threshold: { count: TERMS.pileUp.count, within: '10m', per: ['app_id'] },
    cooldown: '30m',
    then: [alert('high', 'Failures pile up at')],
  },
  {
    name: 'unknown-capability',
    on: ['CAPABILITY'],
    when: is('capability_status', 'CAPABILITY_UNKNOWN'),
    then: [{ action: 'check_capability', params: { after: '30s' } }],
  },
  {
    name: 'erase',
    on: ['CONTACT_DELETE'],
    when: { fact: 'contact_id', operator: 'present' },
    then: [{ action: 'erase' }],
  },
  {
    name: 'merged',
    on: ['CONTACT_MERGE'],
    when: { fact: 'contact_id', operator: 'present' },
    then: [{ action: 'compare_consent' }],
  },
];

const ONLY: Readonly<Record<Edition, readonly Named[]>> = {
  bundled: [
    {
      name: 'help',
      ...said('HELP'),
      then: [{ action: 'reply', params: { text: 'We help. ({{message_id}})' } }],
    },
  ],
  published: [
    { name: 'help', ...said('HELP'), then: [alert('low', 'HELP at')] },
    { name: 'hello', ...said('HELLO'), then: [{ action: 'forward', params: { to: 'forward' } }] },
  ],
};

/** A rulebook as it travels: files by their names. */
export function sourceOf(edition: Edition): object {
  const rules = [...COMMON, ...ONLY[edition]].map((rule) => [
    `${rule.name}.json`,
    { why: 'The simulation tells its own rules apart by name.', owner: 'simulation', ...rule },
  ]);
  return {
    rules: Object.fromEntries(rules),
    lists: {},
    conditions: {},
    guardrails: {},
    alerts: {
      destinations: {
        ops: { type: 'webhook', url: { secret: 'DEST_OPS' }, fallback: 'spare' },
        spare: { type: 'webhook', url: { secret: 'DEST_SPARE' } },
        closed: {
          type: 'webhook',
          url: { secret: 'DEST_CLOSED' },
          key: { secret: 'DEST_FORWARD_KEY' },
        },
        moving: {
          type: 'webhook',
          url: { secret: 'DEST_MOVING' },
          key: { secret: 'DEST_FORWARD_KEY' },
        },
        forward: {
          type: 'webhook',
          url: { secret: 'DEST_FORWARD' },
          key: { secret: 'DEST_FORWARD_KEY' },
        },
      },
      default: 'ops',
      heartbeats: TERMS.heartbeats.map(({ trigger, app, channel, quietFor }) => ({
        ...{ trigger, severity: 'high', quiet_for: `${quietFor / 60_000}m` },
        ...(app === undefined ? {} : { app_id: app }),
        ...(channel === undefined ? {} : { channel }),
      })),
    },
  };
}
