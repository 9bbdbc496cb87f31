import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Decisions, ExplainedDecision, Stats } from '../../src/api/decisions/decisions.ts';
import { encodePage } from '../../src/journal/pages/page.ts';
import { factEntry } from '../../src/rules/model/facts.ts';
import { env, openBox } from './box.ts';
import { asked, decisions, storedEntries } from './journal-asked.ts';
import { greeting, publish, rules } from './publisher.ts';
import { APP, inbound, minutes, PERSON, rating, receipt } from './sample.ts';
import { reset } from './storage.ts';

/** What a fact is called in a sentence. */
const noun = (name: string) => factEntry(name)?.summary;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('GET /v1/decisions', () => {
  const filled = async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.drain(60);
    await box.take(inbound('hello', { identity: '46701740999', channel: 'WHATSAPP' }));
    await box.take(receipt('01JM7', 'FAILED', { code: 'RECIPIENT_BLOCKED' }));
    await box.drain(60);
    return box;
  };

  test('finds by each filter', async () => {
    const box = await filled();
    const table: [string, string[]][] = [
      ['', ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND', 'MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      ['?trigger=CHANNEL_EVENT', ['CHANNEL_EVENT']],
      ['?rule=stop', ['MESSAGE_INBOUND']],
      ['?rule=nothing', []],
      ['?action=throttle', ['CHANNEL_EVENT']],
      ['?action=alert&outcome=done&rule=whatsapp-quality-red', ['CHANNEL_EVENT']],
      ['?action=alert&outcome=queued', []],
      ['?outcome=none', ['MESSAGE_INBOUND']],
      ['?outcome=shadow', []],
      ['?channel=whatsapp', ['MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      [`?identity=%2B${PERSON}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
      [`?identity=00${PERSON}&trigger=MESSAGE_INBOUND`, ['MESSAGE_INBOUND']],
      [`?identity=${PERSON}&channel=WHATSAPP`, []],
      ['?identity=46701740999&channel=WHATSAPP', ['MESSAGE_INBOUND']],
      [
        `?app_id=${APP}`,
        ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND', 'MESSAGE_INBOUND', 'CHANNEL_EVENT'],
      ],
      ['?app_id=another', []],
      [`?since=${minutes(0.5)}`, ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
      [`?until=${minutes(0.5)}`, ['MESSAGE_INBOUND', 'CHANNEL_EVENT']],
      ['?since=90s', ['MESSAGE_DELIVERY', 'MESSAGE_INBOUND']],
    ];
    for (const [query, triggers] of table) {
      const found = (await decisions(box, query)).map(({ trigger }) => trigger);
      expect([query, found.toSorted()]).toEqual([query, triggers.toSorted()]);
    }
  });

  test.each([
    ['?outcome=dne', 'outcome: expected fired'],
    ['?since=yesterday', 'since: expected a time'],
    ['?limit=0', 'limit: expected a number from 1 to 200'],
    ['?rul=stop', 'rul'],
    ['?identity=7410852963014785&channel=MESSENGER', 'app_id: is missing'],
    ['?identity=nobody&channel=SMS', 'identity: is no phone number'],
  ])('refuses %s', async (query, detail) => {
    const response = await openBox().ask(`/v1/decisions${query}`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      400,
      expect.stringContaining(detail),
    ]);
  });

  test('pages through everything once, the newest first, while more comes in', async () => {
    const box = await filled();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Decisions = await asked(
        box,
        `/v1/decisions?limit=1${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.decisions.map(({ id }) => id));
      cursor = page.next;
      if (seen.length === 1) {
        await box.take(receipt('01JNEW', 'DELIVERED'));
        await box.drain(1);
      }
    }
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
  });
});

describe('GET /v1/decisions/{id}', () => {
  test('says of every rule on the trigger why it fired or not, the nearest miss first', async () => {
    const box = openBox();
    const { id } = await box.take(rating('YELLOW'));
    await box.drain();
    const { explanation, explained_under, rulebook } = await asked<ExplainedDecision>(
      box,
      `/v1/decisions/${id}`,
    );
    expect(explained_under).toBe(rulebook);
    const red = explanation.find(({ rule }) => rule === 'whatsapp-quality-red');
    expect(red?.sentence).toBe(
      'whatsapp-quality-red did not fire: quality rating was YELLOW, the rule needs RED (1 of 2 conditions held)',
    );
    expect(explanation[0]).toMatchObject({ rule: 'whatsapp-quality-yellow', outcome: 'fired' });
    const silent = explanation
      .filter(({ outcome }) => outcome === 'did-not-fire')
      .map(({ misses }) => misses.length);
    expect(silent).toEqual(silent.toSorted((a, b) => a - b));
    expect(explanation.map(({ sentence }) => sentence).join('\n')).toContain('the rule needs');
  });

  test('names what was not kept, and knows a stop word by its hash', async () => {
    const box = openBox();
    const stop = await box.take(inbound('Stop.'));
    const other = await box.take(inbound('stop it now'));
    await box.drain();
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${stop.id}`);
    expect(told.explanation[0]?.sentence).toBe(
      `stop fired: ${noun('injected')} was false, ${noun('direction')} was TO_APP, ${noun('keyword')} was STOP`,
    );
    expect(told).toMatchObject({
      not_kept: ['identity', 'keyword', 'own_text', 'text'],
      notes: [expect.stringContaining('JOURNAL_PAYLOAD')],
    });
    const unknown = await asked<ExplainedDecision>(box, `/v1/decisions/${other.id}`);
    const rule = unknown.explanation.find((one) => one.rule === 'stop');
    expect(rule?.sentence).toContain(`${noun('keyword')} was not kept, the rule needs`);
    expect(rule?.outcome).toBe('did-not-fire');
  });

  test('goes by the rulebook of then, whatever was published since', async () => {
    const box = openBox();
    const wanting = (word: string) =>
      rules({
        'greeting.json': greeting({ when: { fact: 'keyword', operator: 'equal', value: word } }),
      });
    const first = await publish(box, wanting('HELLO'));
    const { id } = await box.take(inbound('hello', { id: '01JHELLO' }));
    await box.drain();
    const second = await publish(box, wanting('GOOD DAY'));
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect([told.rulebook, told.explained_under]).toEqual([first.version, first.version]);
    expect(told.explanation[0]?.sentence).toBe(`greeting fired: ${noun('keyword')} was HELLO`);

    await box.take(inbound('hello', { id: '01JHELLO' }));
    await box.drain();
    const both = await decisions(box, '?trigger=MESSAGE_INBOUND');
    expect(both.map(({ rulebook }) => rulebook).toSorted()).toEqual(
      [first.version, second.version].toSorted(),
    );
    const now = await asked<ExplainedDecision>(
      box,
      `/v1/decisions/${id}?rulebook=${second.version}`,
    );
    expect(now.others).toEqual([first.version]);
    expect(now.explanation.find(({ rule }) => rule === 'greeting')?.sentence).toBe(
      `greeting did not fire: ${noun('keyword')} was not kept, the rule needs “GOOD DAY” (0 of 1 conditions held)`,
    );
  });

  test('has what a rulebook in shadow decided only where it is asked for', async () => {
    const box = openBox();
    await publish(box, rules({ 'greeting.json': greeting() }), '?shadow=true');
    await box.take(inbound('hello', { id: '01JHELLO' }));
    await box.drain();
    expect((await decisions(box)).map(({ rules: found }) => found)).toEqual([[]]);
    const all = await decisions(box, '?shadow=true&outcome=shadow');
    expect(all).toMatchObject([
      { shadow: true, rules: [{ rule: 'greeting', outcome: 'shadow' }], actions: [] },
    ]);
    expect((await asked<Stats>(box, '/v1/stats')).callbacks).toBe(1);
  });

  test('explains under the rulebook in force where that of then is gone, and says so', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    const page = await encodePage(
      (await storedEntries()).map((entry) => ({ ...entry, rulebook: 'gone' })),
    );
    await env.JOURNAL_DB.prepare('UPDATE pages SET data = ?').bind(page.data).run();
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect(told.notes[0]).toMatch(
      /^rulebook gone decided this and cannot be loaded .* which is in force$/,
    );
    expect(told.explained_under).not.toBe('gone');
    expect(told.explanation[0]).toMatchObject({ rule: 'whatsapp-quality-red', outcome: 'fired' });
  });

  test.each([
    ['00000000000000000000000000', 404, 'nothing is on record'],
    ['short', 400, 'expected the 26 characters'],
  ])('answers for %s with %i', async (id, status, detail) => {
    const response = await openBox().ask(`/v1/decisions/${id}`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      status,
      expect.stringContaining(detail),
    ]);
  });

  test('names the rulebooks that did decide it when another is asked for', async () => {
    const box = openBox();
    const { id } = await box.take(rating('RED'));
    await box.drain();
    const response = await box.ask(`/v1/decisions/${id}?rulebook=other`);
    expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
      404,
      expect.stringContaining('was not decided by rulebook other, but by'),
    ]);
  });
});
