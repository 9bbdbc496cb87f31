import { vi } from 'vitest';
import { type Box, openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { inbound, PERSON } from './sample.ts';

export const HOUR = 3_600;

/** A box whose rule `crm` forwards what people write, ordered by `key`. */
export async function openOrdered(
  key: string | null = '{{conversation_id}}',
  more: object = {},
  box = openBox(),
): Promise<Box> {
  const params = { to: 'forward', ...(key !== null && { ordering_key: key }) };
  await publish(
    box,
    rules({
      'crm.json': {
        name: 'crm',
        why: 'The CRM shows conversations.',
        owner: 'support',
        on: ['MESSAGE_INBOUND'],
        when: { fact: 'keyword', operator: 'equal', value: 'HELLO' },
        then: [{ action: 'forward', params, ...more }],
      },
    }),
  );
  return box;
}

/** What a person writes in a conversation; its id says which one it is. */
export const message = (conversation: string, number: number, identity = PERSON) => {
  const { message: said, ...envelope } = inbound('HELLO', {
    id: `${conversation}${number}`,
    identity,
  });
  return { ...envelope, message: { ...said, conversation_id: conversation } };
};

/** The ids of what the receiver took, in the order in which it did. */
export const taken = async (box: Box): Promise<readonly string[]> =>
  (await box.arrivals('forward'))
    .filter(({ answer }) => answer === 200)
    .map(({ body }) => idOf(body));
const idOf = (body: Record<string, unknown>): string => {
  const { message: said } = body;
  return typeof said === 'object' && said !== null && 'id' in said ? String(said.id) : '';
};
export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const deadLetters = async (box: Box) =>
  (await (await box.ask('/v1/dead-letters')).json<{ dead_letters: { code: string }[] }>())
    .dead_letters;

/** Brings one message a batch, in an order that `seed` gives. */
export function shuffle(box: Box, seed: number): void {
  let state = seed;
  box.line.pick = (due) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return due.slice((state >> 8) % due.length).slice(0, 1);
  };
}

/** The ordering keys that went out, as they did. */
export const keysSent = (): readonly string[] =>
  vi
    .mocked(fetch)
    .mock.calls.flatMap(
      ([, init]) => new Headers(init?.headers).get('signalbox-ordering-key') ?? [],
    );

/** Lets every forward of a conversation fail while `down` says so. */
export function failing(conversation: string, down: () => boolean): void {
  const reached = vi.mocked(fetch).getMockImplementation();
  if (!reached) throw new Error('the box has no network');
  vi.mocked(fetch).mockImplementation(async (input, init) => {
    const key = new Headers(init?.headers).get('signalbox-ordering-key');
    return key === conversation && down()
      ? new Response('', { status: 503 })
      : reached(input, init);
  });
}

/** Answers 400 to the forwards of the ids that `refused` names. */
export function refusing(refused: (id: string) => boolean): void {
  const reached = vi.mocked(fetch).getMockImplementation();
  if (!reached) throw new Error('the box has no network');
  vi.mocked(fetch).mockImplementation(async (input, init) => {
    const isForward = new Headers(init?.headers).has('signalbox-hop');
    return isForward && refused(idOf(JSON.parse(String(init?.body))))
      ? new Response('', { status: 400 })
      : reached(input, init);
  });
}
