import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPhoneNumber } from '../../src/sending/phone-number.ts';

describe('readPhoneNumber', () => {
  test.each([
    ['12025550147', undefined, '12025550147'],
    ['+1 (202) 555-0147', undefined, '12025550147'],
    ['0046 732 00 11 22', undefined, '46732001122'],
    ['tel:+46732001122', undefined, '46732001122'],
    ['whatsapp:+46732001122', undefined, '46732001122'],
    ['46 732 00 11 22', undefined, '46732001122'],
    ['+52 1 55 1234 5678', undefined, '5215512345678'],
    ['5491123456789', undefined, '5491123456789'],
    ['551187654321', undefined, '551187654321'],
    ['+88213300655', undefined, '88213300655'],
    ['(202) 555-0144', 'US', '12025550144'],
    ['2025550145', 'US', '12025550145'],
    ['0701234567', 'SE', '46701234567'],
    ['46732001122', 'US', '46732001122'],
    ['+20 2 25550144', 'US', '20225550144'],
  ])('%j with the country %s is %s', (written, country, expected) =>
    expect(readPhoneNumber(written, country)).toBe(expected));

  test.each([
    ['(202) 555-0144'],
    ['202-555-0144'],
    ['0701234567'],
    ['1234'],
    ['1234567890123456'],
    ['+1 202 555'],
    ['+999 123 456'],
    ['banana'],
    [''],
    ['+'],
    ['12025550147x'],
    ['١٢٣٤٥٦٧'],
    ['12025·550147'],
    ['+46 (0)73 200 11 22'],
    ['+44 (020) 7946 0958'],
  ])('%j is refused without a country', (written) =>
    expect(readPhoneNumber(written)).toBeUndefined());

  test('is digits that it reads as the same number again', () => {
    const written = fc.stringMatching(/^[+0-9 ().-]{5,20}$/);
    const country = fc.constantFrom(undefined, 'US', 'SE', 'BR', 'MX');
    fc.assert(
      fc.property(written, country, (text, home) => {
        const number = readPhoneNumber(text, home);
        if (number !== undefined) expect(readPhoneNumber(`+${number}`, home)).toBe(number);
      }),
    );
  });
});
