import { describe, expect, test } from 'vitest';
import { failureClass } from '../../../src/callbacks/facts/failure-class.ts';

const lists = {
  'failure-transient': ['CHANNEL_FAILURE', 'SMS:404'],
  'failure-content': ['ATTACHMENT_REJECTED', '132001', 404],
  'failure-account': ['131031'],
};
const classOf = (reason: object | undefined, channel = 'WHATSAPP', status = 'FAILED') =>
  failureClass({ status, channel, reason }, lists);

describe('the class of a failure', () => {
  test.each([
    ['the reason, without a closer code', { code: 'CHANNEL_FAILURE' }, 'transient'],
    [
      'the detail before the reason',
      { code: 'CHANNEL_FAILURE', sub_code: 'ATTACHMENT_REJECTED' },
      'content',
    ],
    [
      'the reason, when the detail is in no list',
      { code: 'CHANNEL_FAILURE', sub_code: 'NEW' },
      'transient',
    ],
    [
      'the channel’s code before both',
      { code: 'CHANNEL_FAILURE', channel_code: '131031' },
      'account',
    ],
    [
      'uncertain for a channel code that no list has',
      { code: 'CHANNEL_FAILURE', channel_code: '7' },
      'uncertain',
    ],
    ['uncertain for an unlisted reason', { code: 'NEW' }, 'uncertain'],
    ['uncertain without any reason', undefined, 'uncertain'],
  ])('is %s', (_, reason, expected) => expect(classOf(reason)).toBe(expected));

  test.each(['SMS', 'MMS'])('is that of the SMS API’s own code on %s', (channel) => {
    expect(classOf({ channel_code: '404' }, channel)).toBe('transient');
    expect(classOf({ channel_code: '131031' }, channel)).toBe('uncertain');
    expect(classOf({ channel_code: '404' }, 'WHATSAPP')).toBe('content');
  });

  test('is missing when nothing failed', () =>
    expect(classOf({ code: 'CHANNEL_FAILURE' }, 'SMS', 'DELIVERED')).toBeUndefined());
});
