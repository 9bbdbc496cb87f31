import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ExplainedDecision } from '../../src/api/decisions/decisions.ts';
import { makePeopleKeys, openPeopleKeys } from '../../src/journal/people-keys.ts';
import { open } from '../../src/services.ts';
import { prune } from '../../src/stores/prune.ts';
import { openBox } from './box.ts';
import { ASKED } from './erasing.ts';
import {
  asked,
  decisions,
  journal,
  readable,
  rows,
  storedEntries,
  storeOf,
} from './journal-asked.ts';
import { inbound, opt, PERSON, rating, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;

describe('what is kept of a person', () => {
  const words = 'My lawyer will hear of this';

  test('is a keyed hash: no address and no text, neither in the journal nor in its queue', async () => {
    const box = openBox();
    const sent = vi.spyOn(box.bindings.JOURNAL_QUEUE, 'sendBatch');
    await box.take(inbound(words));
    await box.take(submitted('01JM6'));
    await box.drain();
    const all = `${await journal()}${JSON.stringify(sent.mock.calls)}`;
    for (const secret of [PERSON, words, 'lawyer', 'order-17', 'parcel'])
      expect(all).not.toContain(secret);
    expect(all).toContain('MESSAGE_SUBMIT');
  });

  test('is the whole callback, sealed, with JOURNAL_PAYLOAD=keep: then every condition can be told', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const { id } = await box.take(inbound('please stop texting me'));
    await box.drain();
    expect(await journal()).not.toContain('texting');
    const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
    expect(told).toMatchObject({ notes: [], not_kept: [] });
    expect(told.explanation.map(({ sentence }) => sentence).join('\n')).toContain(
      'was “PLEASE STOP TEXTING ME”',
    );
  });

  test('goes when the contact is erased, also from an entry that arrives late; that something was decided stays', async () => {
    const box = openBox({}, { JOURNAL_PAYLOAD: 'keep' });
    const withContact = (id: string) => {
      const callback = inbound('STOP', { id });
      return { ...callback, message: { ...callback.message, contact_id: '01JCONTACT' } };
    };
    const named = async () =>
      (await readable(box)).filter(
        ({ entry }) => entry.person !== undefined || entry.body !== undefined,
      );
    const early = await box.take(withContact('01JEARLY'));
    await box.drain();
    expect(await named()).toHaveLength(1);

    const late = await box.take(withContact('01JLATE'));
    await open(box.bindings).contacts.erase('01JCONTACT', [], ASKED);
    await box.drain();
    for (const { id } of [early, late]) {
      const told = await asked<ExplainedDecision>(box, `/v1/decisions/${id}`);
      expect(told).toMatchObject({
        rules: [{ rule: 'stop', outcome: 'fired' }],
        notes: [expect.stringContaining('erased')],
      });
      expect(told.explanation[0]?.sentence).toContain('was erased');
    }
    expect(await named()).toEqual([]);
    expect((await storedEntries()).at(-1)).toMatchObject({ people: [] });
  });

  test('has keys for more people than one parameter of a statement holds', async () => {
    const store = storeOf(openBox());
    const wanted = Array.from({ length: 32_000 }, (_, n) => ({
      ...{ period: 'callback 000683', ref: `person-with-a-long-reference-${n}` },
    }));
    expect(JSON.stringify(wanted).length).toBeGreaterThan(2_000_000);
    const [first, last] = [wanted.slice(0, 1), wanted.slice(-1)];
    const made = await makePeopleKeys(wanted, store);
    const texts = await Promise.all([first, last].map((under) => made.encrypt('secret', under)));
    const read = await openPeopleKeys(wanted, store);
    for (const [place, under] of [first, last].entries())
      expect(await read.decrypt(texts[place] ?? '', under)).toBe('secret');
  });

  test('is pruned by class: consent is kept longer', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.take(opt('OPT_OUT_SUCCEEDED'));
    await box.drain();
    const left = async () => (await decisions(box)).map(({ class: kind }) => kind);
    await prune(box.bindings, Date.now() + 13 * DAY);
    expect(await left()).toHaveLength(3);
    await prune(box.bindings, Date.now() + 15 * DAY);
    expect(await left()).toEqual(['consent', 'consent']);
    expect(await rows("SELECT * FROM decided_actions WHERE action = 'throttle'")).toEqual([]);
    await prune(box.bindings, Date.now() + 401 * DAY);
    expect(await journal()).toBe('[[],[],[]]');
  });

  test('is kept as long as the settings say', async () => {
    const box = openBox({}, { JOURNAL_RETENTION: '2d', CONSENT_JOURNAL_RETENTION: '3d' });
    await box.take(rating('RED'));
    await box.take(inbound('STOP'));
    await box.drain();
    await prune(box.bindings, Date.now() + 2.5 * DAY);
    expect((await decisions(box)).map(({ class: kind }) => kind)).toEqual(['consent']);
  });
});
