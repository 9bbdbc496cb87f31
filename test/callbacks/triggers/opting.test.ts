import { describe, expect, test } from 'vitest';
import { read } from '../../../src/samples/samples.ts';

describe('opting in and out', () => {
  const opt = (
    key: string,
    status: unknown,
    identity: unknown = '447700900456',
    channel = 'VIBER',
  ) => ({
    app_id: '01JAPP',
    [key]: { contact_id: '', channel, identity, status },
  });

  test.each([
    ['opt_in_notification', 'OPT_IN_SUCCEEDED', 'OPT_IN'],
    ['opt_in_notification', 'OPT_IN_FAILED', 'OPT_IN'],
    ['opt_out_notification', 'OPT_IN_SUCCEEDED', 'OPT_IN'],
    ['opt_out_notification', 'OPT_OUT_SUCCEEDED', 'OPT_OUT'],
    ['opt_in_notification', 'OPT_OUT_STATUS_UNSPECIFIED', 'OPT_OUT'],
    ['opt_in_notification', undefined, 'OPT_IN'],
    ['opt_out_notification', '', 'OPT_OUT'],
    ['opt_out_notification', 'SOMETHING_NEW', 'OPT_OUT'],
  ])('%s with %j is %s', async (key, status, trigger) => {
    expect((await read(opt(key, status))).trigger).toBe(trigger);
  });

  test.each([
    ['447700900456', 'VIBER', 'VIBERBM'],
    ['+44 7700 900456', 'VIBER', 'VIBERBM'],
    [undefined, 'VIBER', 'VIBERBM'],
    ['9Qx7Pb2LmT4vRk8Zc1Ynwg==', 'VIBER', 'VIBER'],
    ['447700900456', 'SMS', 'SMS'],
  ])('the identity %j on %s is one of %s', async (identity, channel, expected) => {
    expect(
      (await read(opt('opt_out_notification', 'OPT_OUT_SUCCEEDED', identity, channel))).subject
        .channel,
    ).toBe(expected);
    const capability = {
      capability_notification: { channel, identity, capability_status: 'CAPABILITY_FULL' },
    };
    expect((await read(capability)).subject.channel).toBe(expected);
  });
});
