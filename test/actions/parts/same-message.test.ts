import { describe, expect, test } from 'vitest';
import { includesContent } from '../../../src/actions/parts/same-message.ts';

const card = { card_message: { title: 'Parcel', choices: [{ text_message: { text: 'Where?' } }] } };

describe('the same message', () => {
  test.each([
    ['with its fields in another order', { b: 1, a: { d: 2, c: 3 } }, { a: { c: 3, d: 2 }, b: 1 }],
    [
      'with fields that Sinch filled in',
      { ...card, explicit_channel_message: {}, agent: null },
      card,
    ],
    [
      'with fields that Sinch worked out',
      { card_message: { ...card.card_message, height: 'TALL' } },
      card,
    ],
    [
      'where Sinch leaves out what is empty',
      card,
      { card_message: { ...card.card_message, description: '', tags: [] } },
    ],
    [
      'in the other spelling',
      card,
      { cardMessage: { title: 'Parcel', choices: [{ textMessage: { text: 'Where?' } }] } },
    ],
    ['with a number as text', { ttl: '60' }, { ttl: 60 }],
  ])('is known %s', (_, theirs, ours) => {
    expect(includesContent(theirs, ours)).toBe(true);
  });

  test.each([
    ['another text', { text_message: { text: 'A' } }, { text_message: { text: 'B' } }],
    ['another kind', { media_message: { url: 'x' } }, { text_message: { text: 'A' } }],
    ['one choice more', { choices: [{ a: 1 }, { a: 2 }] }, { choices: [{ a: 1 }] }],
    ['choices in another order', { choices: [1, 2] }, { choices: [2, 1] }],
    ['a list in place of an object', { choices: ['x'] }, { choices: { 0: 'x' } }],
    ['nothing at all', undefined, { text_message: { text: 'A' } }],
    ['a text that the other has not', { text: '' }, { text: 'A' }],
  ])('is not %s', (_, theirs, ours) => {
    expect(includesContent(theirs, ours)).toBe(false);
  });
});
