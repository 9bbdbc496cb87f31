import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBusinessScopedId, personKey } from '../../src/callbacks/person.ts';

const key = (channel: string, identity: string, appId = '01JAPP') =>
  personKey({ channel, identity, appId });

describe('personKey', () => {
  test.each([
    ['SMS', '46732001122', 'SMS:46732001122'],
    ['SMS', '+46732001122', 'SMS:46732001122'],
    ['SMS', '0046732001122', 'SMS:46732001122'],
    ['SMS', '46 732 00 11 22', 'SMS:46732001122'],
    ['SMS', '+46 (732) 00-11.22', 'SMS:46732001122'],
    ['MMS', '+46732001122', 'SMS:46732001122'],
    ['WHATSAPP', '+46732001122', 'WHATSAPP:46732001122'],
    ['RCS', '46732001122', 'SMS:46732001122'],
    ['VIBERBM', '+46732001122', 'VIBERBM:46732001122'],
    ['SMS', 'Alphanumeric', 'SMS:Alphanumeric'],
    ['WHATSAPP', 'US.13491208655302741918', 'WHATSAPP:US.13491208655302741918'],
    ['WHATSAPP', ' SE.ENT.118157aB ', 'WHATSAPP:SE.ENT.118157aB'],
    ['MESSENGER', '7410852963014785', 'MESSENGER:01JAPP:7410852963014785'],
    ['MESSENGER', 'AbCdEf', 'MESSENGER:01JAPP:AbCdEf'],
    ['INSTAGRAM', 'aBc', 'INSTAGRAM:01JAPP:aBc'],
    ['LINE', 'Uabc123', 'LINE:01JAPP:Uabc123'],
    ['WECHAT', 'oABC', 'WECHAT:01JAPP:oABC'],
    ['VIBER', '9Qx7Pb2LmT4vRk8Zc1Ynwg==', 'VIBER:01JAPP:9Qx7Pb2LmT4vRk8Zc1Ynwg=='],
    ['TELEGRAM', '1234567', 'TELEGRAM:1234567'],
  ])('%s %s is %s', (channel, identity, expected) => expect(key(channel, identity)).toBe(expected));

  test('is one for every way to write a number', () => {
    const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);
    const gap = fc.constantFrom('', ' ', '-', '.');
    fc.assert(
      fc.property(digits, fc.constantFrom('', '+', '00'), gap, (number, prefix, between) => {
        const written = `${prefix}${number.slice(0, 3)}${between}${number.slice(3)}`;
        expect(key('SMS', written)).toBe(key('SMS', number));
      }),
    );
  });

  test('keeps people of different apps apart where the identity belongs to the app', () => {
    expect(key('MESSENGER', '1', 'A')).not.toBe(key('MESSENGER', '1', 'B'));
    expect(key('SMS', '1', 'A')).toBe(key('SMS', '1', 'B'));
  });

  test('is one with and without blanks around it', () => {
    expect(key('INSTAGRAM', ' aBc ', 'A ')).toBe(key('INSTAGRAM', 'aBc', 'A'));
    expect(key('TELEGRAM', '1234567\n')).toBe(key('TELEGRAM', '1234567'));
  });

  test('takes other families of channels', () => {
    const address = { channel: 'RCS', identity: '+46732001122', appId: '' };
    expect(personKey(address, { MMS: 'SMS', RCS: 'SMS' })).toBe('SMS:46732001122');
    expect(personKey({ ...address, channel: 'MMS' }, {})).toBe('MMS:46732001122');
  });
});

describe('the spellings of a number', () => {
  const number = fc.stringMatching(/^[1-9]\d{4,14}$/);
  const filler = fc.constantFrom(
    '',
    ' ',
    '-',
    '\u2011',
    '\u2013',
    '\u2212',
    '.',
    '\u200b',
    '\u202a',
    '\u00ad',
    '\u00a0',
  );
  const before = fc.constantFrom(
    '',
    '+',
    '00',
    '\uff0b',
    'tel:+',
    'TEL:',
    'whatsapp:+',
    'sms:',
    '\u202a+',
    ' \u2066+',
  );
  const wide = (digit: string) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0);
  const fillers = fc.array(fc.tuple(filler, fc.boolean()), { minLength: 15, maxLength: 15 });

  test('are all one person', () => {
    fc.assert(
      fc.property(number, before, fillers, (plain, prefix, fill) => {
        const spelt = [...plain].map(
          (digit, at) => (fill[at]?.[1] ? wide(digit) : digit) + (fill[at]?.[0] ?? ''),
        );
        const identity = prefix + spelt.join('');
        expect(key('SMS', identity)).toBe(key('SMS', plain));
      }),
    );
  });

  test.each([
    ['Mexico', '5215512345678', '525512345678'],
    ['Argentina', '5491123456789', '541123456789'],
    ['Brazil', '5511987654321', '551187654321'],
    ['Brazil, with a prefix', '+55 11 98765-4321', '551187654321'],
  ])('of %s are one person', (_, one, other) => {
    expect(key('WHATSAPP', one)).toBe(key('WHATSAPP', other));
  });

  test.each([
    [
      'a mobile number of São Paulo that never had 8 digits, and a landline',
      '5511943215678',
      '551143215678',
    ],
    ['Sweden', '46732001122', '4632001122'],
  ])('%s stay apart', (_, one, other) => {
    expect(key('SMS', one)).not.toBe(key('SMS', other));
  });
});

describe('isBusinessScopedId', () => {
  test.each([
    ['US.13491208655302741918', true],
    ['DE.a1B2', true],
    ['US.ENT.11815799212886844830', true],
    [` BR.${'9'.repeat(128)}`, true],
    [`BR.${'9'.repeat(129)}`, false],
    ['us.13491208655302741918', false],
    ['USA.1349', false],
    ['US.', false],
    ['US.13-49', false],
    ['12025550147', false],
    ['@pablomorales', false],
  ])('%j: %s', (identity, expected) => expect(isBusinessScopedId(identity)).toBe(expected));
});
