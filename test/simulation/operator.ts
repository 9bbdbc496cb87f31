import type { Called } from './drive.ts';
import type { House } from './house.ts';
import type { Operation } from './load/operations.ts';
import { sourceOf } from './rulebook.ts';

/** How many shards the record of consent has. */
const SHARDS = 16;

/** How often a list that was not taken is sent again, and how long an operator waits before, in milliseconds. */
const IMPORTS = 20;
const LATER = 60_000;

/** Who is named in what an operator does. */
const actor = 'simulation';

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** What an operator does by the API. */
export type OperatorAction = Exclude<
  Operation,
  {
    kind:
      | 'callback'
      | 'unreadable'
      | 'campaign'
      | 'gone'
      | 'send'
      | 'check'
      | 'choose'
      | 'nightly'
      | 'hourly';
  }
>;

/** An operator, and what came of each call. */
export function openOperator(
  { world, api }: House,
  called: Called[],
): { readonly act: (operation: OperatorAction) => unknown } {
  const call = async (
    operation: Operation,
    method: string,
    path: string,
    body?: object | string,
  ): Promise<number | undefined> => {
    const sentAt = world.now();
    const answer = await api(method, path, body);
    const answeredAt = answer ? world.now() : undefined;
    world.log('call', { name: operation.name, method, path, status: answer?.status ?? 'none' });
    called.push({ operation, sentAt, answeredAt, status: answer?.status, body: answer?.body });
    return answer?.status;
  };

  /** Puts the newest backup of consent back, a shard at a time. */
  async function restore(operation: OperatorAction): Promise<void> {
    const found: unknown = (await api('GET', '/v1/consent/backups'))?.body;
    const [newest] = Reflect.get(Object(found), 'backups') ?? [];
    for (let shard = 0; newest && shard < SHARDS; shard++)
      await call(operation, 'POST', '/v1/consent/restore', { backup: newest.name, shard });
  }

  /** Imports a list of people who opted out, and sends it again until it is taken. */
  async function importList(operation: Of<'import'>, tries = 0): Promise<void> {
    const { name, people } = operation;
    const lines = people.map((one) => `${one.join(',')},out`);
    const list = ['channel,identity,to', ...lines].join('\n');
    const query = `name=${name}&actor=${actor}&reason=${name}`;
    const status = await call(operation, 'POST', `/v1/recipients/import?${query}`, list);
    if (status !== 200 && tries < IMPORTS)
      world.at(world.now() + LATER, world.outside, () => void importList(operation, tries + 1));
  }

  /** Looks which pauses there are, and ends this one. */
  async function resume(operation: Of<'pause' | 'resume'>): Promise<void> {
    const found: unknown = Reflect.get(Object((await api('GET', '/v1/pauses'))?.body), 'pauses');
    const ending = `actor=${actor}&reason=${operation.name}`;
    for (const { id, name } of Array.isArray(found) ? found : [])
      if (name === operation.which) await call(operation, 'DELETE', `/v1/pauses/${id}?${ending}`);
  }

  return {
    act(operation) {
      const { name } = operation;
      const why = { actor, reason: name };
      switch (operation.kind) {
        case 'publish': {
          const body = {
            ...sourceOf('published'),
            ...{ author: actor, message: name, builds_on: '*' },
          };
          return call(operation, 'PUT', '/v1/rulebooks?activate=true', body);
        }
        case 'rollback': {
          const body = { author: actor, message: name };
          return call(operation, 'POST', '/v1/rulebooks/rollback', body);
        }
        case 'back-up':
          return call(operation, 'POST', '/v1/consent/backups');
        case 'restore':
          return restore(operation);
        case 'redeliver':
          return call(operation, 'POST', '/v1/dead-letters/redeliver', why);
        case 'import':
          return importList(operation);
        case 'pause': {
          const { what: kind, which } = operation;
          return call(operation, 'POST', '/v1/pauses', { kind, name: which, ...why });
        }
        case 'resume':
          return resume(operation);
        case 'permit': {
          const { app, count } = operation;
          const body = { app_id: app.id, channel: 'WHATSAPP', content: 'marketing', count };
          return call(operation, 'POST', '/v1/permits', body);
        }
        case 'erase': {
          const whom = { channel: 'SMS', identity: operation.person.number };
          return call(operation, 'POST', '/v1/erase', { ...whom, ...why });
        }
        case 'by-hand': {
          const { channel, person, to } = operation;
          const path = `/v1/recipients/${channel}/${person.number}`;
          return to === 'out'
            ? call(operation, 'PUT', path, why)
            : call(operation, 'DELETE', `${path}?actor=${actor}&reason=${name}`);
        }
      }
    },
  };
}
