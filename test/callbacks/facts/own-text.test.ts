import { describe, expect, test } from 'vitest';
import { withoutClosing } from '../../../src/callbacks/facts/closing.ts';
import { ownText } from '../../../src/callbacks/facts/own-text.ts';

describe('the own text', () => {
  test.each([
    ['Stop sending me “20% off today, all shoes”', 'Stop sending me'],
    ['Liked “Acme: 20% off. Reply STOP”', undefined],
    ['Disliked “STOP”', undefined],
    ['No le gustó “Envía BAJA”', undefined],
    ['「STOP」を強調しました', undefined],
    ['Hat „STOP“ geliebt', undefined],
    ['I said “STOP”', 'I said “STOP”'],
    ['“Reply STOP to opt out”\n\nwhen do you open?', 'when do you open?'],
    ['“STOP”', '“STOP”'],
    ['“Please stop texting me”', '“Please stop texting me”'],
    ['> Acme: reply STOP\n> to end\nYes, at 9', 'Yes, at 9'],
    ['On 3 May 2026, Acme wrote:\n> Reply STOP\nOk', 'Ok'],
    ['STOP\n\nSent from my iPhone', 'STOP'],
    ['STOP\nEnvoyé depuis mon mobile', 'STOP'],
    ['STOP\n--\nJo Doe\nAcme Ltd', 'STOP'],
    ['Look:\nFwd: Acme: reply STOP', 'Look:'],
    ['I have an iPhone', 'I have an iPhone'],
    ["Don't you “know” me", "Don't you “know” me"],
  ])('of %j is %j', (text, own) => expect(ownText(text)).toBe(own));

  test.each([
    ['a forwarded text', 'Fwd: Acme: 20% off. Reply STOP to opt out'],
    ['a quoted message alone', '> Reply STOP to opt out'],
    ['a reaction of Google Messages', '\u200a\u200b👍\u200b to “\u200aReply STOP\u200a”\u200a'],
    ['a removed one', '\u200a\u200cremoved 👍\u200c from “\u200aReply STOP\u200a”\u200a'],
  ])('is missing in %s', (_, text) => expect(ownText(text)).toBeUndefined());

  test.each([
    '“'.repeat(200_000),
    `“${'a ”'.repeat(100_000)}x`,
    `${' '.repeat(300_000)}x`,
  ])('takes linear time', (text) => expect(() => ownText(text)).not.toThrow());
});

describe('the text without its closing', () => {
  const words = ['thanks', 'thank you', 'regards', 'ありがとう'];
  test.each([
    ['Stop. Thank you!', 'Stop'],
    ['Stop, thanks', 'Stop'],
    ['STOP\nBest regards\nJo Doe', 'STOP\nBest regards\nJo Doe'],
    ['STOP\nRegards,\nJo Doe', 'STOP'],
    ['STOP\nPriya Nair', 'STOP'],
    ['STOP\n- jo', 'STOP'],
    ['停止\nありがとうございます', '停止'],
    ['STOP\nI never signed up', 'STOP\nI never signed up'],
    ['Stop. Now', 'Stop. Now'],
    ['Thanks', 'Thanks'],
  ])('of %j is %j', (text, rest) => expect(withoutClosing(text, words)).toBe(rest));
});
