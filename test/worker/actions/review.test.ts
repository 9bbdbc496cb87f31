import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, env, openBox } from '../box.ts';
import { inbound, minutes, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('review', () => {
  const reviews = async (box: Box, state = 'open') =>
    (
      await (
        await box.ask(`/v1/reviews?state=${state}`)
      ).json<{ reviews: { id: string; people: object[]; text: string; reason: string }[] }>()
    ).reviews;
  const decide = (box: Box, id: string | undefined, decision: string) =>
    box.ask(`/v1/reviews/${id}`, {
      method: 'POST',
      body: JSON.stringify({ decision, actor: 'ines', reason: 'it is a STOP' }),
    });
  const suppressed = async (box: Box) =>
    (await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{ suppressed: boolean }>())
      .suppressed;

  test('a near miss waits for a person, whose one call suppresses, on record, and START lifts it', async () => {
    const box = openBox();
    const nearMiss = inbound('please stop texting me', { at: minutes(-3) });
    await box.take(nearMiss);
    await box.take(nearMiss);
    await box.drain();
    const [review, ...more] = await reviews(box);
    expect(more).toEqual([]);
    expect(review).toMatchObject({
      kind: 'near-miss',
      text: 'please stop texting me',
      people: [{ channel: 'SMS', identity: PERSON, suppressed: false }],
    });
    expect((await decide(box, review?.id, 'suppress')).status).toBe(200);
    expect(await suppressed(box)).toBe(true);
    expect(await reviews(box)).toEqual([]);
    expect(await reviews(box, 'suppressed')).toMatchObject([
      { decided_by: 'ines (api-token)', decision_reason: 'it is a STOP' },
    ]);
    expect((await decide(box, review?.id, 'dismiss')).status).toBe(409);
    await box.take(inbound('START', { at: minutes(-1) }));
    expect(await suppressed(box)).toBe(false);
  });

  test('when two decide at once, whoever says STOP has the last word', async () => {
    const box = openBox();
    await box.take(inbound('Please stop texting me'));
    await box.drain(60);
    const [review] = await reviews(box);
    const [stop] = await Promise.all([
      decide(box, review?.id, 'suppress'),
      decide(box, review?.id, 'dismiss'),
    ]);
    expect(stop.status).toBe(200);
    expect(await reviews(box, 'suppressed')).toHaveLength(1);
  });

  test.each([
    ['an unknown review', 'none', { decision: 'dismiss', actor: 'ines', reason: 'x' }, 404],
    ['a decision without a reason', 'none', { decision: 'dismiss', actor: 'ines' }, 400],
    ['a decision that is none', 'none', { decision: 'maybe', actor: 'ines', reason: 'x' }, 400],
  ])('%s is refused', async (_, id, body, status) => {
    expect(
      (await openBox().ask(`/v1/reviews/${id}`, { method: 'POST', body: JSON.stringify(body) }))
        .status,
    ).toBe(status);
  });

  test('merged contacts whose consents differ make a review that names both sides; contacts that agree make none', async () => {
    const box = openBox();
    const contact = (id: string, identity: string) => ({
      id,
      channel_identities: [{ channel: 'SMS', identity, app_id: '' }],
      display_name: '',
      email: '',
      external_id: '',
      metadata: '',
      language: 'SV',
    });
    const merge = (kept: string, gone: string) => ({
      app_id: '',
      event_time: minutes(-1),
      contact_merge_notification: {
        preserved_contact: contact(`01J${kept}`, kept),
        deleted_contact: contact(`01J${gone}`, gone),
      },
    });
    await box.take(inbound('STOP', { at: minutes(-5) }));
    await box.take(merge(PERSON, '46701740611'));
    await box.take(merge('46701740612', '46701740613'));
    await box.drain();
    const open = await reviews(box);
    expect(open).toHaveLength(1);
    expect(open[0]?.people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ identity: PERSON, suppressed: true }),
        expect.objectContaining({ identity: '46701740611', suppressed: false }),
      ]),
    );
    await decide(box, open[0]?.id, 'suppress');
    expect(await (await box.ask('/v1/recipients/SMS/46701740611')).json()).toMatchObject({
      suppressed: true,
    });
  });

  test('names people and their words only sealed in the database', async () => {
    const box = openBox();
    await box.take(inbound('please stop texting me', { at: minutes(-3) }));
    await box.drain();
    const stored = JSON.stringify((await env.DB.prepare('SELECT * FROM reviews').all()).results);
    expect(stored).not.toContain(PERSON);
    expect(stored).not.toContain('texting');
    expect((await reviews(box))[0]?.reason).toBe('Not a plain STOP: “please stop texting me”');
  });
});
