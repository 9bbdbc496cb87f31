import type { Condition } from '../../../src/rules/model/rule.ts';
import { leaf } from '../regime.ts';
import type { Chance } from '../seeded.ts';

/** What a rule of the benchmark is about: its trigger and, beside the app, what it asks for. */
export interface Topic {
  readonly on: string;
  readonly asks: (chance: Chance) => readonly Condition[];
}

export const CHANNELS = ['SMS', 'WHATSAPP', 'RCS', 'MMS', 'VIBERBM'] as const;
const STATUSES = ['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ', 'FAILED', 'SWITCHING_CHANNEL'] as const;
const CLASSES = ['transient', 'permanent', 'content', 'configuration', 'uncertain'] as const;
const KEYWORDS = [
  'STOP',
  'START',
  'HELP',
  'ARRET',
  'STOPP',
  'BAJA',
  'INFO',
  'YES',
  'NO',
  'UNSUBSCRIBE',
] as const;
const RATINGS = ['GREEN', 'YELLOW', 'RED'] as const;

/**
 * Ten things that people ask rules for, the commonest triggers more than once. Each may ask for missing facts only where
 * json-rules-engine's two-valued answer is the three-valued one: positively, or (`notEqual`, `not`) of facts that the
 * trigger's callbacks here always have.
 */
export const topics: readonly Topic[] = [
  {
    on: 'MESSAGE_DELIVERY',
    asks: (chance) => [
      leaf('channel', 'equal', chance.pick(CHANNELS)),
      leaf('status', 'equal', 'FAILED'),
      leaf('failure_class', 'in', chance.some(2, CLASSES)),
    ],
  },
  {
    on: 'MESSAGE_DELIVERY',
    asks: (chance) => [
      leaf('status', 'equal', chance.pick(STATUSES)),
      leaf('age_seconds', 'greaterThan', chance.pick([5, 60, 600, 3_600])),
      { not: leaf('channel', 'in', chance.some(2, CHANNELS)) },
    ],
  },
  {
    on: 'MESSAGE_DELIVERY',
    asks: (chance) => [
      {
        any: [
          leaf('channel', 'equal', chance.pick(CHANNELS)),
          leaf('processing_mode', 'equal', 'CONVERSATION'),
        ],
      },
      leaf('status', 'in', chance.some(2, STATUSES)),
      leaf('metadata', 'equal', `campaign-${chance.below(50)}`),
    ],
  },
  {
    on: 'MESSAGE_INBOUND',
    asks: (chance) => [
      leaf('channel', 'in', chance.some(2, CHANNELS)),
      leaf('keyword', 'in', chance.some(4, KEYWORDS)),
      leaf('injected', 'notEqual', true),
    ],
  },
  {
    on: 'MESSAGE_INBOUND',
    asks: (chance) => [
      leaf('message_kind', 'equal', chance.pick(['text', 'media', 'location'])),
      leaf('channel', 'equal', chance.pick(CHANNELS)),
      leaf('age_seconds', 'lessThan', chance.pick([60, 600, 3_600])),
    ],
  },
  {
    on: 'MESSAGE_SUBMIT',
    asks: (chance) => [
      leaf('channel', 'notEqual', chance.pick(CHANNELS)),
      leaf('processing_mode', 'equal', chance.pick(['DISPATCH', 'CONVERSATION'])),
      leaf('message_kind', 'equal', 'text'),
    ],
  },
  {
    on: 'CHANNEL_EVENT',
    asks: (chance) => [
      leaf('channel', 'equal', 'WHATSAPP'),
      leaf('quality_rating', 'equal', chance.pick(RATINGS)),
    ],
  },
  {
    on: 'OPT_OUT',
    asks: (chance) => [
      leaf('opt_status', 'equal', 'OPT_OUT_SUCCEEDED'),
      leaf('channel', 'in', chance.some(3, CHANNELS)),
    ],
  },
  {
    on: 'BATCH_STATUS_UPDATE',
    asks: (chance) => [
      leaf('batch_status', 'in', chance.some(2, ['COMPLETED', 'PARTIAL', 'FAILED'])),
      leaf('batch_failed', 'greaterThanInclusive', chance.pick([1, 10, 100])),
    ],
  },
  {
    on: 'CAPABILITY',
    asks: (chance) => [
      leaf(
        'capability_status',
        'equal',
        chance.pick(['CAPABILITY_FULL', 'NO_CAPABILITY', 'CAPABILITY_UNKNOWN']),
      ),
      leaf('channel', 'equal', chance.pick(CHANNELS)),
    ],
  },
];
