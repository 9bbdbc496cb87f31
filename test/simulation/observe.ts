import type { DatabaseSync } from 'node:sqlite';
import { inflateRawSync } from 'node:zlib';
import { type Driven, textOf } from './drive.ts';
import type { House } from './house.ts';
import { parsed, START } from './house.ts';
import type { Operation } from './load/operations.ts';
import { ADDRESSES, APPS } from './load/people.ts';
import type {
  Acknowledged,
  Observed,
  ObservedCallback,
  ObservedDecision,
  ObservedHeld,
  ObservedLetter,
  ObservedRecipient,
  ObservedSender,
} from './oracle/observed.ts';

/** Opens what a deployment sealed. */
export type Unseal = (sealed: string) => Promise<string>;

/** When a run was healed, and when it came to rest. */
export interface Ended {
  readonly healedAt: number;
  readonly quietAt: number | undefined;
  readonly leftOver: string;
  readonly isLossy: boolean;
  readonly stopScope: 'project' | 'app';
}

/** Lets the world go on until a promise is settled. */
export async function pump<T>({ world }: Pick<House, 'world'>, promise: Promise<T>): Promise<T> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  promise.then(over, over);
  for (let rounds = 0; !isOver && rounds < 2_000; rounds++) await world.run(world.now() + 50);
  if (!isOver) throw new Error('the world does not answer');
  return promise;
}

/** Asks the Worker, as everybody may, what became of everything. Nothing fails any more by then. */
export async function observe(
  house: House,
  driven: Driven,
  ended: Ended,
  unseal: Unseal,
): Promise<Omit<Observed, 'leftAfterWeeks'>> {
  const { deployed, reached, lost } = house;
  const ask = async (path: string): Promise<unknown> => {
    const answer = await pump(house, house.api('GET', path));
    if (answer?.status !== 200) throw new Error(`GET ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const list = async <T>(path: string, field: string): Promise<readonly T[]> => {
    // As the API documents it; the oracle reads few fields.
    const found: unknown = Reflect.get(Object(await ask(path)), field);
    return Array.isArray(found) ? found : [];
  };
  const recipients = new Map<string, ObservedRecipient>();
  const named = new Set([
    ...driven.posted.map(({ told }) => `${told?.channel}/${told?.number}`),
    ...driven.posted.map(({ told }) => `${told?.channel}/${told?.also}`),
    ...driven.called.flatMap(({ operation }) => addressesOf(operation)),
  ]);
  for (const [channel, identity] of ADDRESSES) {
    const address = `${channel}/${identity}`;
    if (!named.has(address)) continue;
    // As the API documents it.
    recipients.set(address, (await ask(`/v1/recipients/${address}`)) as ObservedRecipient);
  }
  const senders = new Map<string, ObservedSender>();
  // As the API documents it.
  for (const { id } of APPS)
    senders.set(id, (await ask(`/v1/senders/${id}/WHATSAPP`)) as ObservedSender);
  const held = [
    ...(await list<ObservedHeld>('/v1/held?state=held', 'held')),
    ...(await list<ObservedHeld>('/v1/held?state=settled', 'held')),
  ];
  return {
    start: START,
    ...ended,
    callbacks: driven.posted.map(callbackOf),
    called: driven.called,
    campaigns: [...driven.campaigns.values()],
    reached,
    lost: lost.map(({ text }) => textOf(parsed(text))).filter((text) => text !== ''),
    recipients,
    senders,
    held,
    decisions: await decisionsOf(ask),
    deadLetters: await list<ObservedLetter>(
      '/v1/dead-letters?state=open&limit=200',
      'dead_letters',
    ),
    quarantined: (await list<{ id: string }>('/v1/quarantine?limit=200', 'quarantine')).map(
      ({ id }) => id,
    ),
    reviewed: (await list<{ decision: string }>('/v1/reviews?state=open&limit=200', 'reviews')).map(
      ({ decision }) => decision,
    ),
    kv: deployed.kv.truth(),
    archived: archivedIn(house),
    crowds: deployed.queues.crowds(),
    droppedMessages: deployed.queues.dropped(),
    errors: house.errors,
    crashes: deployed.isolates.crashes(),
    stored:
      driven.posted.some(needsStores) ||
      driven.called.some(({ operation }) => operation.kind === 'erase')
        ? await storesOf(house, unseal)
        : new Map(),
  };
}

/** The addresses that an operation is about. */
function addressesOf(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'by-hand':
      return [`${operation.channel}/${operation.person.number}`];
    case 'send':
      return [`${operation.channel}/${operation.identity}`];
    case 'check':
    case 'choose':
      return operation.addresses.map((address) => address.join('/'));
    case 'import':
      return operation.people.map((address) => address.join('/'));
    default:
      return [];
  }
}

/** What lies in the archive of recordings and media, by its key. */
function archivedIn({ deployed }: House): ReadonlyMap<string, string> {
  const objects = deployed.buckets.get('ARCHIVE')?.objects() ?? new Map<string, Uint8Array>();
  return new Map(
    [...objects]
      .filter(([key]) => /^(recordings|media)\//.test(key))
      .map(([key, bytes]) => [key, new TextDecoder().decode(bytes)]),
  );
}

/**
 * Whether a callback makes it matter what lies in the stores: reading them all takes as long as the
 * run.
 */
const needsStores = ({ told }: Driven['posted'][number]): boolean =>
  told === undefined || told.trigger === 'CONTACT_DELETE';

async function decisionsOf(
  ask: (path: string) => Promise<unknown>,
): Promise<readonly ObservedDecision[]> {
  const found: ObservedDecision[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page: unknown = await ask(
      `/v1/decisions?limit=200${cursor === '' ? '' : `&cursor=${String(cursor)}`}`,
    );
    found.push(...Reflect.get(Object(page), 'decisions'));
    cursor = Reflect.get(Object(page), 'next');
  }
  return found;
}

function callbackOf({ name, told, eventAt, sent }: Driven['posted'][number]): ObservedCallback {
  return {
    ...{ name, told, eventAt, body: sent.body, state: sent.state },
    firstAt: sent.firstAt ?? 0,
    answers: sent.answers.map(({ sentAt, at, answer }): Acknowledged => {
      const body: unknown = answer.text === '' ? {} : JSON.parse(answer.text);
      const field = (name: string): unknown => Reflect.get(Object(body), name);
      const fired = field('fired');
      return {
        ...{ sentAt, at, status: answer.status, id: String(field('id') ?? '') },
        fired: Array.isArray(fired) ? fired : [],
        isDeferred: field('deferred') !== undefined,
        isQuarantined: field('quarantined') !== undefined,
      };
    }),
  };
}

const SEALED = /\b\d\.[A-Za-z0-9+/=]{16}\.[A-Za-z0-9+/=]{22,}/g;

/** Every text that any store holds, and beside it what is sealed in it. */
async function storesOf(house: House, unseal: Unseal): Promise<ReadonlyMap<string, string>> {
  const { objects, databases, buckets, kv, queues } = house.deployed;
  const stored = new Map<string, string>();
  for (const [binding, namespace] of objects)
    for (const [name, { db }] of namespace.disks()) stored.set(`${binding}/${name}`, textIn(db));
  for (const [binding, { db }] of databases) stored.set(binding, textIn(db));
  for (const [binding, bucket] of buckets)
    for (const [key, bytes] of bucket.objects())
      stored.set(`${binding}/${key}`, new TextDecoder().decode(bytes));
  for (const [key, value] of kv.truth()) stored.set(`KV/${key}`, value);
  for (const [place, body] of queues.bodies().entries()) stored.set(`queue/${place}`, body);
  for (const [place, text] of [...stored]) {
    const sealed = text.match(SEALED) ?? [];
    const opened = await pump(
      house,
      Promise.all(sealed.map((one) => unseal(one).catch(() => `cannot be unsealed: ${one}`))),
    );
    if (opened.length > 0) stored.set(`${place} (unsealed)`, opened.join('\n'));
  }
  return stored;
}

/** Returns a row with the text of what is compressed in it. */
const inflated = (row: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name === 'data' && value instanceof Uint8Array ? inflateRawSync(value).toString() : value,
    ]),
  );

function textIn(db: DatabaseSync): string {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  return tables
    .map(
      ({ name }) =>
        `${String(name)}: ${JSON.stringify(
          db
            .prepare(`SELECT * FROM "${String(name)}"`)
            .all()
            .map(inflated),
        )}`,
    )
    .join('\n');
}
