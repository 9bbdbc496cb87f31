import type { House } from './house.ts';
import { pump } from './observe.ts';

const DAY = 86_400_000;
/** Longer than anything is kept but proofs of consent, dead letters and what a person decides. */
const AGE = 36 * DAY;
/** Objects that must be empty by then: what they know is of use for days. */
const PASSING: ReadonlySet<string> = new Set(['CLAIMS', 'MESSAGES', 'FIFO', 'BUDGETS', 'TALLY']);
/** What an object keeps to know itself, a row at most; and counts of deliveries and marks of erasures, which name no one and are kept for 400 and 91 days. */
const BOOKKEEPING = /^(sqlite_|_kv$|figures$|batch_figures$|batch_reports$|counting$|erased$)/;

/** Lets weeks go by without a callback, with the scheduled runs, and says what is still there and should not be. */
export async function age(house: House): Promise<readonly string[]> {
  const { world, deployed } = house;
  await decideReviews(house);
  const end = world.now() + AGE;
  for (let at = world.now() + DAY / 2; at < end; at += DAY)
    world.at(at, world.outside, () => {
      void deployed.isolates.scheduled('17 3 * * *');
      void deployed.isolates.scheduled('47 * * * *');
    });
  await world.run(end);
  const left: string[] = [];
  for (const [binding, { disks }] of deployed.objects) {
    if (!PASSING.has(binding)) continue;
    for (const [name, { db }] of disks()) {
      const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      for (const table of tables.map((row) => String(row.name))) {
        const rows = Number(db.prepare(`SELECT count(*) AS n FROM "${table}"`).get()?.n);
        if (rows > 0 && !BOOKKEEPING.test(table)) left.push(`${binding}/${name}.${table}: ${rows}`);
      }
    }
  }
  for (const [binding, bucket] of deployed.buckets)
    for (const key of bucket.objects().keys())
      if (key.startsWith('bodies/')) left.push(`${binding}/${key}`);
  if (deployed.queues.depth() > 0) left.push(`${deployed.queues.depth()} messages in queues`);
  return left;
}

/** An operator decides what waits: a review that nobody decides is told of every day. */
async function decideReviews(house: House): Promise<void> {
  const answer = await pump(house, house.api('GET', '/v1/reviews?state=open&limit=200'));
  const reviews: unknown = Reflect.get(Object(answer?.body), 'reviews');
  const decision = { decision: 'dismiss', actor: 'simulation', reason: 'the end' };
  for (const { id } of Array.isArray(reviews) ? reviews : [])
    await pump(house, house.api('POST', `/v1/reviews/${id}`, decision));
}
