import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BYTES, readCallback, UNKNOWN } from '../../src/callbacks/callback.ts';
import { AppError } from '../../src/errors.ts';
import { LISTS, NOW, read, sampleBody } from '../../src/samples/samples.ts';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('readCallback', () => {
  test.each([
    ['broken JSON', '{"app_id":', 'callback_not_json', /not valid JSON/],
    ['nothing', '', 'callback_not_json', /not valid JSON/],
    ['a list', '[]', 'callback_not_object', /expected an object, found a list/],
    ['null', 'null', 'callback_not_object', /found null/],
    ['a text', '"x"', 'callback_not_object', /found a string/],
    ['33 levels', `{"message":${nested(32)}}`, 'callback_too_deep', /deeper than 32/],
    ['a million levels', nested(1_000_000 / 2), 'callback_too_deep', /deeper than 32/],
    ['more than 1 MiB', `{"x":"${'a'.repeat(MAX_BYTES)}"}`, 'callback_too_large', /bytes/],
    ['two payloads', '{"message":{},"event":{}}', 'callback_ambiguous', /"message" and "event"/],
    [
      'three payloads',
      '{"unsupported":{},"event":{},"message":{}}',
      'callback_ambiguous',
      /"unsupported" and "event" and "message"/,
    ],
    [
      'a payload that is a text',
      '{"message":"hello"}',
      'callback_unreadable',
      /^MESSAGE_INBOUND: message: /,
    ],
    [
      'a payload that is a list',
      '{"capability_notification":[]}',
      'callback_unreadable',
      /^CAPABILITY: /,
    ],
  ])('refuses %s, and says so', async (_, body, code, message) => {
    await expect(read(body)).rejects.toThrow(message);
    await expect(read(body)).rejects.toMatchObject({ code });
  });

  test('refuses bytes that are no UTF-8', async () => {
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    await expect(readCallback(bytes, NOW)).rejects.toMatchObject({ code: 'callback_not_json' });
  });

  test('does not take brackets within texts for levels', async () => {
    expect(
      (
        await read({
          message: { contact_message: { text_message: { text: '[{"\\'.repeat(100) } } },
        })
      ).trigger,
    ).toBe('MESSAGE_INBOUND');
  });

  test('keeps a payload that nobody knows, as it came', async () => {
    const body = { app_id: '01JAPP', project_id: 'p', brand_new_notification: { id: '1' } };
    const callback = await read(body);
    expect(callback.trigger).toBe(UNKNOWN);
    expect(callback.payload).toEqual(body);
    expect(callback.raw).toBe(JSON.stringify(body));
    expect(callback.fact('app_id', LISTS)).toBe('01JAPP');
    expect(callback.id).not.toBe((await read({ ...body, brand_new_notification: { id: '2' } })).id);
  });

  test('takes a key that is null for one that is not there', async () => {
    expect((await read({ message: null, event: { id: '1' } })).trigger).toBe('EVENT_INBOUND');
    expect(
      (await read({ opt_in_notification: null, opt_out_notification: { channel: 'SMS' } })).trigger,
    ).toBe('OPT_OUT');
    expect((await read({ message_redaction: null, message: { id: '1' } })).trigger).toBe(
      'MESSAGE_INBOUND',
    );
  });

  test.each([
    ['2026-11-20T10:00:00Z', 0],
    ['2026-11-20T10:00:00.5Z', 500],
    ['2026-11-20T10:00:00.54Z', 540],
    ['2026-11-20T10:00:00.544Z', 544],
    ['2026-11-20T10:00:00.5448Z', 544],
    ['2026-11-20T10:00:00.54481Z', 544],
    ['2026-11-20T10:00:00.544813Z', 544],
    ['2026-11-20T10:00:00.5448138Z', 544],
    ['2026-11-20T10:00:00.54481384Z', 544],
    ['2026-11-20T10:00:00.544813845Z', 544],
    ['2026-11-20T11:00:00.5+01:00', 500],
  ])('reads the time %s', async (time, milliseconds) => {
    const expected = Date.parse('2026-11-20T10:00:00Z') + milliseconds;
    expect((await read({ event_time: time, message: {} })).eventTime).toBe(expected);
    expect((await read({ accepted_time: time, message: {} })).eventTime).toBe(expected);
  });

  test.each([
    ['the time of receipt where Sinch tells none', {}, NOW],
    [
      'the time of receipt where Sinch’s clock is ahead',
      { event_time: '2030-01-01T00:00:00Z' },
      NOW,
    ],
    [
      'the time of acceptance where the event has none',
      { accepted_time: '2026-11-20T00:00:00Z' },
      Date.parse('2026-11-20T00:00:00Z'),
    ],
    [
      'the time of receipt where the time is no time',
      { event_time: 'soon', accepted_time: 7 },
      NOW,
    ],
    [
      'the time of acceptance where the event’s is the beginning of time',
      { event_time: '1970-01-01T00:00:00Z', accepted_time: '2026-11-20T00:00:00Z' },
      Date.parse('2026-11-20T00:00:00Z'),
    ],
    ['the time of receipt where nobody filled one in', { event_time: '0001-01-01T00:00:00Z' }, NOW],
  ])('takes %s', async (_, times, expected) => {
    expect((await read({ ...times, message: {} })).eventTime).toBe(expected);
  });

  test.each([
    ['nothing but a payload', {}],
    ['empty texts', { app_id: '', project_id: '', message_metadata: '', correlation_id: '' }],
    ['nulls', { app_id: null, project_id: null, accepted_time: null, message_metadata: null }],
    ['wrong types', { app_id: 7, project_id: [], event_time: {}, correlation_id: true }],
  ])('reads an envelope of %s', async (_, around) => {
    const callback = await read({ ...around, message: sampleBody('stop').message });
    expect(callback.trigger).toBe('MESSAGE_INBOUND');
    for (const name of ['app_id', 'project_id', 'metadata', 'correlation_id'])
      expect(callback.fact(name, LISTS)).toBeUndefined();
    expect(callback.fact('keyword', LISTS)).toBe('STOP');
  });

  test('is not misled by names that every object inherits', async () => {
    const body = '{"constructor":{"a":1},"__proto__":{"message":{}},"toString":1}';
    const callback = await read(body);
    expect(callback.trigger).toBe(UNKNOWN);
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(callback.fact(name, LISTS)).toBeUndefined();
  });

  test('reads any body, or says what it cannot read', async () => {
    const keys = fc.constantFrom(
      'message',
      'event',
      'unsupported',
      'opt_out_notification',
      'app_id',
      'event_time',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.dictionary(keys, fc.jsonValue()).map((body) => JSON.stringify(body)),
        ),
        async (body) => {
          try {
            expect((await read(body)).id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
