import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Drifts } from '../../src/api/decisions/decisions.ts';
import { eventually } from '../setup/eventually.ts';
import { type Box, openBox } from './box.ts';
import { asked, journal } from './journal-asked.ts';
import { APP, PERSON, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** The alerts about drift. An unknown trigger is in quarantine too, which has an alert of its own. */
const drifts = async (box: Box) =>
  (await box.arrivals('alert')).filter(
    ({ body: { title } }) => !String(title).includes('(unknown_trigger)'),
  );

describe('what is new at Sinch', () => {
  const story = (phone: string) => ({
    app_id: APP,
    story_notification: { phone, text: 'Anna was here' },
  });

  test('is noted once a kind and day, told in one low alert, and comes with a fixture that names nobody', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    await box.take(story('46701740999'));
    await box.take({ app_id: APP, other_notification: {} });
    await box.drain();
    await box.drain();
    const { drift } = await asked<Drifts>(box, '/v1/drift');
    expect(drift.map(({ day, kind, name }) => [day, kind, name]).toSorted()).toEqual([
      ['2026-11-20', 'trigger', 'other_notification'],
      ['2026-11-20', 'trigger', 'story_notification'],
    ]);
    expect(drift.find(({ name }) => name.startsWith('story'))?.fixture).toMatchObject({
      story_notification: { phone: '46700000001', text: 'example' },
    });
    expect(await drifts(box)).toMatchObject([
      {
        body: {
          severity: 'low',
          title: 'Signalbox: a new trigger from Sinch',
          text: expect.stringContaining('signalbox drift'),
        },
      },
    ]);
    expect(await journal()).not.toContain('Anna');
  });

  test('is told again on another day, and another kind by itself', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    await box.take(receipt('01JM9', 'PAUSED'));
    await box.drain(86_400);
    await box.take(story('46701740999'));
    await box.drain();
    expect((await asked<Drifts>(box, '/v1/drift')).drift).toHaveLength(3);
    const titles = (await drifts(box)).map(({ body }) => body.title);
    expect(titles.toSorted()).toEqual([
      'Signalbox: a new trigger from Sinch',
      'Signalbox: a new trigger from Sinch',
      'Signalbox: a new value from Sinch',
    ]);
  });

  test('is noted a few at a time where one callback brings much, and the rest with the next', async () => {
    const box = openBox();
    const fields = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`new_field_${at}`, 1]));
    await box.take({ ...receipt('01JM9', 'DELIVERED'), ...fields });
    await box.take({ ...receipt('01JM10', 'DELIVERED'), ...fields });
    await box.drain();
    const { drift } = await asked<Drifts>(box, '/v1/drift');
    expect(drift.map(({ name }) => name).toSorted()).toEqual(Object.keys(fields));
  });

  test('is noted once also by an isolate that knows nothing of the others', async () => {
    const box = openBox();
    await box.take(story(PERSON));
    const [note] = await eventually(() => {
      const waiting = box.line.waiting().filter(({ queue }) => queue === 'journal');
      expect(waiting.length).toBeGreaterThan(0);
      return waiting;
    });
    await box.drain();
    await box.bindings.JOURNAL_QUEUE.send(note?.body);
    await box.drain();
    await box.drain();
    expect(await drifts(box)).toHaveLength(1);
    expect((await asked<Drifts>(box, '/v1/drift')).drift).toHaveLength(1);
  });
});
