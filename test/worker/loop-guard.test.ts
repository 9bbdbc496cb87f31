import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from './box.ts';
import { APP, minutes, rating, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const unsupported = {
  app_id: APP,
  unsupported_callback: { channel: 'WHATSAPP', payload: '{"a":1}', id: '01JOWN' },
};
const recording = (url: string) => ({
  app_id: APP,
  accepted_time: minutes(-1),
  record_notification: {
    call_id: 'call-1',
    recording_id: 'rec-1',
    recording_url: url,
    format: 'mp3',
  },
});
const reasons = async (box: Box) => {
  const { dead_letters: letters } = await (await box.ask('/v1/dead-letters')).json<{
    dead_letters: { code: string; reason: string }[];
  }>();
  return letters.map(({ code, reason }) => `${code}: ${reason}`);
};

describe('a forward', () => {
  test.each([
    [
      'the host at which callbacks arrive',
      'signalbox.example.com',
      {},
      'signalbox.example.com',
      'signalbox.example.com',
    ],
    [
      'the same, with a dot',
      'signalbox.example.com.',
      {},
      'signalbox.example.com',
      'signalbox.example.com',
    ],
    [
      'the same, at another port',
      'signalbox.example.com:8443',
      {},
      'signalbox.example.com',
      'signalbox.example.com',
    ],
    [
      'what is below it',
      'eu.signalbox.example.com',
      {},
      'signalbox.example.com',
      'signalbox.example.com',
    ],
    [
      'another Worker of the account',
      'crm.acme.workers.dev',
      {},
      'signalbox.acme.workers.dev',
      'acme.workers.dev',
    ],
    [
      'a preview of this one',
      '1a2b-signalbox.acme.workers.dev',
      {},
      'signalbox.acme.workers.dev',
      'acme.workers.dev',
    ],
    [
      'the host of PUBLIC_URL',
      'box.example.org',
      { PUBLIC_URL: 'https://box.example.org' },
      'a.example',
      'box.example.org',
    ],
    [
      'a zone of BLOCKED_EGRESS_DOMAINS',
      'crm.example.org',
      { BLOCKED_EGRESS_DOMAINS: 'example.net, Example.org' },
      'a.example',
      'example.org',
    ],
  ])('is refused to %s', async (_, host, settings, arrivesAt, zone) => {
    const box = openBox({}, { DEST_FORWARD: `https://${host}/inbox/forwards`, ...settings });
    await box.post(unsupported, { at: `https://${arrivesAt}` });
    await box.drain();
    expect(await box.arrivals('forward')).toEqual([]);
    expect(await reasons(box)).toEqual([
      `destination_refused: destination forward: its URL is in ${zone}, a domain of this Signalbox: that would be a loop`,
    ]);
  });

  test.each([
    ['another host of the same zone', 'crm.example.com', 'signalbox.example.com'],
    ['the zone’s apex', 'example.com', 'signalbox.example.com'],
    ['a name that only ends alike', 'other-signalbox.example.com', 'signalbox.example.com'],
    ['another account', 'signalbox.other.workers.dev', 'signalbox.acme.workers.dev'],
  ])('goes to %s', async (_, host, arrivesAt) => {
    const box = openBox({}, { DEST_FORWARD: `https://${host}/inbox/forwards` });
    await box.post(unsupported, { at: `https://${arrivesAt}` });
    await box.drain();
    expect(await box.arrivals('forward')).toHaveLength(1);
  });
});

test('a host is our own where a callback arrived that is only counted', async () => {
  const box = openBox({}, { DEST_FORWARD: 'https://signalbox.example.com/inbox/forwards' });
  await box.post(receipt('01JCOUNTED', 'DELIVERED'), { at: 'https://signalbox.example.com' });
  await box.post(unsupported, { at: 'https://a.example' });
  await box.drain();
  expect(await box.arrivals('forward')).toEqual([]);
  expect(await reasons(box)).toHaveLength(1);
});

test('an alert is not told to ourselves, and the dead letter says why', async () => {
  const box = openBox({}, { DEST_OPS: 'https://signalbox.example.com/inbox/alerts' });
  await box.post(rating('RED'), { at: 'https://signalbox.example.com' });
  await box.drain(3600);
  expect(await box.arrivals('alert')).toEqual([]);
  expect(await reasons(box)).toContainEqual(
    'destination_refused: destination ops: its URL is in signalbox.example.com, a domain of this Signalbox: that would be a loop',
  );
});

test('a file is not fetched from ourselves, also where ARCHIVE_HOSTS allows it', async () => {
  const box = openBox({}, { ARCHIVE_HOSTS: 'example.com' });
  await box.post(recording('https://signalbox.example.com/files/rec-1.wav'), {
    at: 'https://signalbox.example.com',
  });
  await box.drain();
  expect(await reasons(box)).toEqual([
    'destination_refused: archive: the URL is in signalbox.example.com, a domain of this Signalbox',
  ]);
});
