import { afterEach, describe, expect, test, vi } from 'vitest';
import { env, openBox } from '../box.ts';
import { APP, inbound, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { contact } from './bodies.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('erase', () => {
  test('removes a contact’s data everywhere, and keeps the consent as a keyed hash', async () => {
    const box = openBox();
    await box.take(contact('create'));
    await box.take(inbound('STOP'));
    await box.drain();
    await box.take(contact('delete'));
    await box.drain();
    const recipient = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      suppressed: boolean;
      history: object[];
    }>();
    expect(recipient.suppressed).toBe(true);
    expect(JSON.stringify(recipient.history)).not.toContain('STOP"');
    expect(await env.DB.prepare('SELECT count(*) AS n FROM contact_addresses').first('n')).toBe(0);
  });

  test('finds the addresses of a contact that is named by its id alone', async () => {
    const box = openBox();
    await box.take(contact('create'));
    await box.take(inbound('STOP'));
    await box.drain();
    await box.take({ app_id: APP, contact_delete_notification: { contact_id: '01JCONTACT1' } });
    await box.drain();
    const recipient = await (await box.ask(`/v1/recipients/SMS/${PERSON}`)).json<{
      suppressed: boolean;
      history: { words?: string }[];
    }>();
    expect(recipient).toMatchObject({ suppressed: true });
    expect(recipient.history.map(({ words }) => words)).toEqual([undefined]);
  });

  test('a note about a contact that arrives after its deletion does not bring it back', async () => {
    const box = openBox();
    await box.take(contact('delete'));
    await box.drain();
    await box.take(contact('create'));
    await box.drain();
    expect(await env.DB.prepare('SELECT count(*) AS n FROM contact_addresses').first('n')).toBe(0);
  });
});
