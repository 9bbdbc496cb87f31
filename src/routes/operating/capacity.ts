import type { OpenServices } from '../../services.ts';

/** The most that a database of D1 and an object hold, in bytes. Source: Cloudflare, limits of D1 and of Durable Objects. */
const MOST = { database: 10e9, object: 10e9 } as const;
/** The most bytes that a queue holds. Source: Queues, limits. */
const MOST_QUEUED = 25e9;
/** Above this share of a limit a problem is stated, long before anything is refused. */
const WARNING = 0.7;

const percent = (share: number): string => `${Math.floor(share * 100)} %`;

/**
 * Returns the stores that are nearly full: the database of the safety net, the objects of messages and people, and the queues. The
 * journal states its own size.
 */
export async function capacityProblems(
  {
    DB,
    EFFECTS,
    FORWARDS,
    CALLBACKS,
    JOURNAL_QUEUE,
  }: Pick<Env, 'DB' | 'EFFECTS' | 'FORWARDS' | 'CALLBACKS' | 'JOURNAL_QUEUE'>,
  { objects }: Pick<OpenServices, 'objects'>,
): Promise<readonly string[]> {
  const queues = { EFFECTS, FORWARDS, CALLBACKS, JOURNAL_QUEUE };
  const [database, messages, people, ...backlogs] = await Promise.all([
    DB.prepare('SELECT 1').run(),
    objects.messages.size(),
    objects.recipients.size(),
    ...Object.values(queues).map((queue) => queue.metrics()),
  ]);
  const shares: readonly (readonly [share: number, problem: (share: string) => string])[] = [
    [
      database.meta.size_after / MOST.database,
      (share) =>
        `the database of dead letters, held work and contacts fills ${share} of its 10 GB: drop or redeliver dead letters`,
    ],
    [
      messages / MOST.object,
      (share) =>
        `the objects of messages fill ${share} of their 10 GB; from 85 % on the oldest messages are forgotten early: use another deployment for some of the apps`,
    ],
    [
      people / MOST.object,
      (share) =>
        `the objects of recipients fill ${share} of their 10 GB: use another deployment for some of the apps`,
    ],
    ...Object.keys(queues).map(
      (name, at) =>
        [
          (backlogs[at]?.backlogBytes ?? 0) / MOST_QUEUED,
          (share: string) =>
            `the queue ${name} fills ${share} of its 25 GB: its consumers are too slow, or what they call is away`,
        ] as const,
    ),
  ];
  return shares
    .filter(([share]) => share >= WARNING)
    .map(([share, problem]) => problem(percent(share)));
}
