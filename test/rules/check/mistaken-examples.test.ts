import { describe, expect, test } from 'vitest';
import { leaf } from '../rulebook.ts';
import { places, rule } from './found.ts';

describe('an example', () => {
  const message = (text: string) => ({
    message: { contact_message: { text_message: { text } } },
  });
  const words = leaf('text', 'containsWord', 'lawyer');
  const fires = { name: 'fires', callback: message('My lawyer'), fires: true };
  const of = (...examples: object[]) => places([rule('a', words, { examples })], {}, []);

  test.each<[string, object, readonly string[]]>([
    [
      'of no callback',
      { name: 'x', callback: { nonsense: 1 }, fires: false },
      ['examples.1.name example-of-other-trigger', 'examples.1.name proves-little'],
    ],
    [
      'of another trigger',
      { name: 'x', callback: { message_delivery_report: { message_id: 'M' } }, fires: false },
      ['examples.1.name example-of-other-trigger', 'examples.1.name proves-little'],
    ],
    [
      'without what the rule tests',
      {
        name: 'x',
        callback: { message: { contact_message: { media_message: { url: 'https://x.test' } } } },
        fires: false,
      },
      ['examples.1.name proves-little'],
    ],
    [
      'with a misspelt field',
      { name: 'x', callback: { message: { contact_mesage: {} } }, fires: false },
      ['examples.1.callback.message.contact_mesage unknown-key', 'examples.1.name proves-little'],
    ],
    [
      'with a fact of the callback under "given"',
      { name: 'x', callback: message('hi'), given: { text: 'hello' }, fires: false },
      ['examples.1.given.text given-not-stored'],
    ],
    [
      'with an unknown fact',
      { name: 'x', callback: message('hi'), given: { atempt: 1 }, fires: false },
      ['examples.1.given.atempt unknown-fact'],
    ],
    ['that is near', { name: 'x', callback: message('My doctor'), fires: false }, []],
  ])('%s', async (_, example, lines) => {
    const known = (await of(fires, example)).filter((line) => !line.includes('undecided'));
    expect(known.filter((line) => !line.includes('no-quiet'))).toEqual(
      lines.map((line) => `a.json ${line}`),
    );
  });
});
