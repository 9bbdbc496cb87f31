import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../../src/callbacks/facts/fold.ts';
import { runs } from '../../setup/runs.ts';

describe('fold', () => {
  test.each([
    ['Stop.', 'STOP'],
    ['«stop»', 'STOP'],
    ['  “STOP!!!”\n', 'STOP'],
    ['STOP 🛑', 'STOP'],
    ['stop❤️', 'STOP'],
    ['arrêt', 'ARRET'],
    ['«arrêt».', 'ARRET'],
    ['opt-out', 'OPT OUT'],
    ['OPT_OUT', 'OPT OUT'],
    ['opt – out', 'OPT OUT'],
    ['ｓｔｏｐ', 'STOP'],
    ['s\u200bt\u00adop', 'STOP'],
    ['stop\u00a0marketing', 'STOP MARKETING'],
    ['désabonner', 'DESABONNER'],
    ['NOTIFICACIÓN', 'NOTIFICACION'],
    ['rezygnuję', 'REZYGNUJE'],
    ['wyłącz', 'WYLACZ'],
    ['straße', 'STRASSE'],
    ['İptal', 'IPTAL'],
    ['ıptal', 'IPTAL'],
    ['don’t stop', "DON'T STOP"],
    ['don´t stop', "DON'T STOP"],
    ['ѕtoр', 'STOP'],
    ['SΤΟP', 'STOP'],
    ['🆂🆃🅾🅿', 'STOP'],
    ['𝐒𝐭𝐨𝐩', 'STOP'],
    ['ꜱᴛᴏᴘ', 'STOP'],
    ['$top!', '$TOP'],
    ['“$töp”', '$TOP'],
    ['$5', '5'],
    ['a blood type 🅰️', 'A BLOOD TYPE'],
    ['تـوقّف', 'توقف'],
    ['إلغاء', 'الغاء'],
    ['הָסֵר', 'הסר'],
    ['रोकें।', 'रोकें'],
    ['ストップ！', 'ストップ'],
    ['정지', '정지'],
    ['👍', '👍'],
    ['?', '?'],
    ['', ''],
    ['   ', ''],
  ])('folds %j to %j', (text, folded) => expect(fold(text)).toBe(folded));

  test.each([
    ['Стоп', 'CTОП'],
    ['στοπ', 'ΣTOΠ'],
    ['RЕZYGNUJĘ', 'rezygnuję'],
  ])('folds %j and %j, of letters that look alike, to the same', (text, other) =>
    expect(fold(text)).toBe(fold(other)));

  test('leaves a sentence a sentence: only the ends lose their punctuation', () =>
    expect(fold('Please stop, by at 5!')).toBe('PLEASE STOP, BY AT 5'));

  test('folds plain text as it folds any other', () => {
    // A zero-width space at the end changes nothing but the way that the text takes.
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(fold(text)).toBe(fold(`${text}\u200b`));
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => fold(fold(text)) === fold(text)),
      { numRuns: runs(10_000) },
    );
  });

  // A million of them take a busy machine longer than the five seconds that a test has.
  test('is idempotent for every character Unicode has', () => {
    const unstable: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const folded = fold(`a${String.fromCodePoint(code)}b${String.fromCodePoint(code)}`);
      if (fold(folded) !== folded) unstable.push(code.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  test('takes linear time on punctuation without end', () => {
    const text = `a${'!'.repeat(500_000)}`.repeat(2);
    const started = performance.now();
    expect(fold(text)).toHaveLength(500_002);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
