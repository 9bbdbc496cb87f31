import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import type { MessageClient } from '../../src/objects/messages/messages-client.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import { openSinch } from '../../src/sinch/client.ts';
import { emptyTokenMemory } from '../../src/sinch/token.ts';
import { type Box, env, openBox } from './box.ts';
import { receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

type Services = ReturnType<typeof open>;

/** Sends one FAILED through rules that retry it, each in its own way. */
async function failed(
  box: Box,
  id: string,
  mode: string,
  ...ways: readonly object[]
): Promise<void> {
  const rules = ways.map((way, place) => ({
    name: `again-${place}`,
    why: 'w',
    owner: 'o',
    on: ['MESSAGE_DELIVERY'],
    when: { fact: 'status', operator: 'equal', value: 'FAILED' },
    then: [{ action: 'retry', params: { at_most: 2, first_delay: '1s', within: '12h', ...way } }],
  }));
  const source = {
    rules: Object.fromEntries(rules.map((rule) => [`${rule.name}.json`, rule])),
    lists: {},
    conditions: {},
    alerts: {},
  };
  const { rulebook } = compile(source, actions, 'try');
  const callback = receipt(id, 'FAILED', {
    code: 'CHANNEL_FAILURE',
    mode,
    at: new Date().toISOString(),
  });
  await ingest(await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()), {
    ...open(box.bindings),
    rulebook: async () => rulebook,
  });
}

/** Services of which the first call of something fails, as an object's does when it is moved to another machine. */
function failingOnce(part: 'link' | 'endAttempt' | 'done'): {
  change: (services: Services) => Services;
  failed: () => boolean;
} {
  let left = 1;
  const fail = async (): Promise<void> => {
    if (left-- > 0) throw new Error('Network connection lost.');
  };
  return {
    failed: () => left <= 0,
    change: (services) => {
      const { objects } = services;
      const { claims, messages } = objects;
      const of = (id: string): MessageClient => {
        const message = messages.of(id);
        if (part === 'done') return message;
        return part === 'link'
          ? { ...message, link: (to) => fail().then(() => message.link(to)) }
          : { ...message, endAttempt: (end) => fail().then(() => message.endAttempt(end)) };
      };
      const done = async (key: string): Promise<void> => {
        if (part === 'done' && key.startsWith('retry/')) await fail();
        return claims.done(key);
      };
      return {
        ...services,
        objects: { ...objects, messages: { ...messages, of }, claims: { ...claims, done } },
      };
    },
  };
}

/** Services of an isolate that dies on its way to Sinch: from then on it writes nothing. The next one lives. */
function dyingOnce(): {
  change: (services: Services) => Services;
  died: () => boolean;
} {
  let dying = true;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('the isolate is gone');
  };
  return {
    died: () => dead,
    change: (services) => {
      if (!dying) return services;
      const { objects, settings, now } = services;
      const { claims, messages } = objects;
      const unlessDead =
        <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
        async (...args: A): Promise<T> => {
          if (!dead) return write(...args);
          dying = false;
          return die();
        };
      const shared = {
        tokens: { get: async () => undefined, put: async () => {} },
        memory: emptyTokenMemory(),
        pace: async () => die(),
        slow: async () => {},
      };
      return {
        ...services,
        sinch: () => {
          if (!settings.sinch) throw new Error('the box has access to Sinch');
          return openSinch(settings.sinch, now, shared);
        },
        objects: {
          ...objects,
          claims: {
            ...claims,
            free: unlessDead(claims.free),
            lapse: unlessDead(claims.lapse),
            done: unlessDead(claims.done),
          },
          messages: {
            ...messages,
            of: (id) => {
              const message = messages.of(id);
              return { ...message, endAttempt: unlessDead(message.endAttempt) };
            },
          },
        },
      };
    },
  };
}

const sent = async (box: Box) => (await box.arrivals('messages:send')).length;

describe('a message that was sent again, and could not be noted so,', () => {
  test.each([
    ['link', 'DISPATCH'],
    ['link', 'CONVERSATION'],
    ['endAttempt', 'DISPATCH'],
    ['endAttempt', 'CONVERSATION'],
    ['done', 'DISPATCH'],
    ['done', 'CONVERSATION'],
  ] as const)('is not sent twice: %s fails in %s mode', async (part, mode) => {
    const trouble = failingOnce(part);
    const box = openBox({}, {}, trouble.change);
    await box.take(submitted('01JONCE', { mode }));
    await failed(box, '01JONCE', mode, {});
    await box.drain(7200);
    expect(trouble.failed()).toBe(true);
    expect(await sent(box)).toBe(1);
  });
});

describe('a message that may have been sent again', () => {
  test('is not sent blindly when Sinch cannot be asked about it either', async () => {
    const box = openBox();
    await box.take(submitted('01JBLIND', { mode: 'CONVERSATION' }));
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await box.faults({ kind: 'messages:list', answers: [500, 503] });
    await failed(box, '01JBLIND', 'CONVERSATION', {});
    await box.drain(7200);
    expect(await sent(box)).toBe(1);
  });

  test('is not sent blindly when the sender was throttled as it was to be looked up', async () => {
    const box = openBox();
    await box.take(submitted('01JHELD', { mode: 'CONVERSATION' }));
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    await failed(box, '01JHELD', 'CONVERSATION', {});
    await box.drain(2);
    const limit = {
      rate: '0',
      content: 'marketing',
      until: Date.now() + 600_000,
      at: Date.now(),
      callbackId: '',
    } as const;
    const { senders } = open(box.bindings).objects;
    await senders.of('01JBOXAPP0000000000000TEST', 'SMS').limit({ rule: 'r', ...limit });
    await box.drain(7200);
    expect(await sent(box)).toBe(1);
  });

  test.each([502, 504])('is looked up first when a gateway answered %i', async (status) => {
    const box = openBox();
    await box.take(submitted('01JGATE', { mode: 'DISPATCH' }));
    await box.faults({ kind: 'messages:send', answers: [status] });
    await failed(box, '01JGATE', 'DISPATCH', {});
    await box.drain(7200);
    expect(await sent(box)).toBe(1);
  });
});

describe('a try that stopped before anything was sent', () => {
  /** Whoever holds the claim of an attempt is gone, and will never say how far they came. */
  const die = (box: Box, root: string, attempt: number) =>
    open(box.bindings).objects.claims.take(`retry/${root}/${attempt}`, 1, Date.now(), 'gone');

  test.each([
    'DISPATCH',
    'CONVERSATION',
    '',
  ])('costs nobody the message: mode "%s"', async (mode) => {
    const box = openBox();
    await box.take(submitted('01JDIED', { mode }));
    await die(box, '01JDIED', 1);
    await failed(box, '01JDIED', mode, {});
    await box.drain(7200);
    expect(await sent(box)).toBe(1);
  });

  test('is sent by the next try when the isolate died while it waited for the rate of the project', async () => {
    const killed = dyingOnce();
    const box = openBox({}, {}, killed.change);
    await box.take(submitted('01JKILLED', { mode: 'DISPATCH' }));
    await failed(box, '01JKILLED', 'DISPATCH', {});
    await box.drain(7200);
    expect(killed.died()).toBe(true);
    expect(await sent(box)).toBe(1);
  });

  test('is not taken for an earlier sending of the same message', async () => {
    const box = openBox();
    const mode = 'CONVERSATION';
    await box.take(submitted('01JDIED', { mode }));
    await failed(box, '01JDIED', mode, { at_most: 3 });
    await box.drain(600);
    for (const attempt of [2, 3]) {
      await die(box, '01JDIED', attempt);
      const newest = (await box.arrivals('messages:send')).at(-1)?.message_id ?? '';
      await failed(box, newest, mode, { at_most: 3 });
      await box.drain(600);
    }
    expect(await sent(box)).toBe(3);
  });
});

test('a message that was sent again and fails once more has as long as since it failed first', async () => {
  const box = openBox();
  await box.take(submitted('01JFIRST', { mode: 'DISPATCH' }));
  await failed(box, '01JFIRST', 'DISPATCH', { within: '10m' });
  await box.drain(60);
  const [first] = await box.arrivals('messages:send');
  vi.setSystemTime(Date.now() + 600_000);
  await failed(box, first?.message_id ?? '', 'DISPATCH', { within: '10m' });
  await box.drain(60);
  expect(await sent(box)).toBe(1);
});

describe('two rules that retry the same message', () => {
  test('send it as often as the more patient one says: what one leaves out is not done', async () => {
    const box = openBox();
    await box.take(submitted('01JTWO'));
    await failed(box, '01JTWO', 'DISPATCH', { at_most: 1 }, { at_most: 2 });
    await box.drain(3600);
    const [first] = await box.arrivals('messages:send');
    await failed(box, first?.message_id ?? '', 'DISPATCH', { at_most: 1 }, { at_most: 2 });
    await box.drain(3600);
    expect(await sent(box)).toBe(2);
  });
});

describe('a destination that says "in a second" for hours', () => {
  test('does not use up the tries of a day', async () => {
    const box = openBox();
    await box.take(submitted('01JSLOW'));
    const busy = { status: 503, retry_after: 1 };
    await box.faults({ kind: 'messages:send', answers: Array.from({ length: 8 }, () => busy) });
    await failed(box, '01JSLOW', 'DISPATCH', {});
    await box.drain(120);
    expect(await sent(box)).toBeLessThan(7);
    await box.drain(7200);
    expect(
      (await box.arrivals('messages:send')).filter(({ message_id }) => message_id),
    ).toHaveLength(1);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM dead_letters').first('n')).toBe(0);
  });
});
