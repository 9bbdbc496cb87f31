import type { Row } from './row.ts';

const CHANNELS = 'worker/routes/channels.test.ts';
const CHECKS = 'worker/routes/capability-checks.test.ts';

/** Use cases about the choice of a channel. */
export const CHANNEL_USES: readonly Row[] = [
  {
    id: 'C1',
    page: 'capability',
    row: 'A channel is chosen before a message is sent',
    file: CHANNELS,
    proof: 'allowed, then reachable, then preferred, then by the priority of the app',
  },
  {
    id: 'C4',
    page: 'capability',
    row: 'What a person prefers is known and kept up to date',
    file: CHANNELS,
    proof: 'is what was set by hand before all else, the newest first, until it is taken back',
  },
  {
    id: 'C5',
    page: 'capability',
    row: 'Many people are looked up at once',
    file: CHECKS,
    proof: 'waits for its turn: no more than the rate of the setting',
  },
  {
    id: 'C7',
    page: 'capability',
    row: 'A person who signs up is looked up',
    file: CHECKS,
    proof:
      'a whole story: checks, answers in both shapes, another order, a STOP, the name that is erased',
  },
  {
    id: 'O6',
    page: 'consent',
    row: 'The channel that a person prefers is used first',
    file: CHANNELS,
    proof: 'is the channel of the last reply to the app, then of the last message read',
  },
];

/** Points to mind about capability. */
export const CHANNEL_POINTS: readonly Row[] = [
  {
    id: 'K-C5',
    page: 'capability',
    row: 'An old answer is requested again',
    file: CHANNELS,
    proof: 'too old an answer is unknown, and requested again once',
  },
  {
    id: 'K-C7',
    page: 'capability',
    row: 'A partial answer counts as reachable',
    file: CHANNELS,
    proof: 'allowed, then reachable, then preferred, then by the priority of the app',
  },
  {
    id: 'K-C8',
    page: 'capability',
    row: 'The name of the person is kept, and erased',
    file: 'worker/routes/channels-recipients.test.ts',
    proof: 'comes with the capability and is erased with it',
  },
];
