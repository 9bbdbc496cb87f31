import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from './box.ts';
import { request, send, sent } from './routes/sending.ts';
import { APP, inbound, minutes, receipt, submitted } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const OTHER = '01JBOXAPP0000000000000OTHE';
const of = <T extends object>(app: string, callback: T) => ({ ...callback, app_id: app });
const wrote = (app: string, text: string, at: number) =>
  of(app, inbound(text, { id: `01J${app}${text}${at}`, at: minutes(at) }));

/** Sends to the same person by each app; returns the statuses. */
const byEach = (box: Box) =>
  Promise.all([APP, OTHER].map(async (app_id) => (await send(box, request({ app_id }))).status));
/** The apps of messages that were sent. */
const senders = async (box: Box) => (await sent(box)).map(({ body }) => body.app_id);

describe('the gateway, of two apps', () => {
  test('refuses both after a STOP to one, and passes the one that the person came back to', async () => {
    const box = openBox();
    await box.take(wrote(APP, 'STOP', -10));
    expect(await byEach(box)).toEqual([403, 403]);
    await box.take(wrote(OTHER, 'START', -5));
    expect(await byEach(box)).toEqual([403, 200]);
    expect(await senders(box)).toEqual([OTHER]);
  });

  test('is narrow about a STOP where the setting says so', async () => {
    const box = openBox({}, { CONSENT_STOP_SCOPE: 'app' });
    await box.take(wrote(OTHER, 'STOP', -10));
    expect(await byEach(box)).toEqual([200, 403]);
  });

  test('lets a START without an app lift only what was set without one', async () => {
    const box = openBox();
    await box.take(wrote(APP, 'STOP', -10));
    await box.take(wrote('', 'START', -5));
    expect(await byEach(box)).toEqual([403, 403]);
  });

  test('holds marketing of both while a near miss is open, and passes the rest', async () => {
    const box = openBox();
    await box.take(wrote(APP, 'please stop texting me', -10));
    const content = (name: string) => ({ message_content_type: `CONTENT_${name}` });
    for (const app_id of [APP, OTHER]) {
      const marketing = await send(box, request({ app_id, ...content('MARKETING') }));
      expect(marketing.status).toBe(403);
      expect(await marketing.text()).toContain('review');
      expect((await send(box, request({ app_id, ...content('NOTIFICATION') }))).status).toBe(200);
    }
  });
});

describe('a retry, of two apps', () => {
  const failed = async (box: Box) => {
    for (const app of [APP, OTHER]) await box.take(of(app, submitted(`01JMSG${app}`)));
    for (const app of [APP, OTHER])
      await box.take(of(app, receipt(`01JMSG${app}`, 'FAILED', { code: 'CHANNEL_FAILURE' })));
    await box.drain(3_600);
    return senders(box);
  };

  test('is sent by neither after a STOP to one', async () => {
    const box = openBox();
    await box.take(wrote(OTHER, 'STOP', -10));
    expect(await failed(box)).toEqual([]);
  });

  test('is sent by the app that the person came back to', async () => {
    const box = openBox();
    await box.take(wrote(APP, 'STOP', -10));
    await box.take(wrote(OTHER, 'START', -5));
    expect(await failed(box)).toEqual([OTHER]);
  });

  test('asks again when it is due: a STOP in between counts, whichever app it was sent to', async () => {
    const box = openBox();
    await box.take(submitted('01JBETWEEN'));
    await box.take(receipt('01JBETWEEN', 'FAILED', { code: 'CHANNEL_FAILURE' }));
    await box.take(wrote(OTHER, 'STOP', -1));
    await box.drain(3_600);
    expect(await senders(box)).toEqual([]);
  });
});
