import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { analyse } from '../../../src/rules/check/index.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import type { RulebookSource } from '../../../src/rules/model/rule.ts';
import { leaf, sources } from '../rulebook.ts';
import { mms, rule, sms, stop } from './found.ts';

describe('examples are asked', () => {
  const message = (text: string, channel = 'SMS') => ({
    message: { contact_message: { text_message: { text } }, channel_identity: { channel } },
  });
  const example = (name: string, callback: object, fires: boolean) => ({ name, callback, fires });
  const lacking = async (
    when: unknown,
    examples: readonly object[],
    rest: Partial<RulebookSource> = {},
  ) => {
    const source = sources([rule('a', when, { examples })], rest);
    const findings = await analyse(source, compile(source, actions, 'v1').rulebook);
    return findings.map(({ path, code }) => `${path.join('.')} ${code}`);
  };
  const fires = example('fires', message('Stop'), true);

  test('for one that fires and one that does not', async () => {
    expect(await lacking(stop, [])).toEqual(['examples no-firing-example']);
    expect(await lacking(stop, [example('hello', message('Hello'), false)])).toEqual([
      'examples no-firing-example',
    ]);
    expect(await lacking(stop, [fires])).toEqual(['examples no-quiet-example']);
  });

  test('for each comparison, whether anything depends on it', async () => {
    const when = { all: [sms, { any: [stop, leaf('keyword', 'equal', 'END')] }] };
    const hello = example('hello', message('Hello'), false);
    expect(await lacking(when, [fires, hello])).toEqual([]);
    expect(
      await lacking(when, [fires, example('chat', message('Hello', 'WHATSAPP'), false)]),
    ).toEqual(['when.all.1.any.1 undecided-condition']);
  });

  test('for a shared condition as a whole, and a change as one comparison', async () => {
    const conditions = {
      'conditions/mine.json': { name: 'mine', why: 'reason', when: { any: [sms, mms] } },
    };
    const when = { all: [stop, { not: { condition: 'mine' } }] };
    const quiet = example('quiet', message('Hello', 'WHATSAPP'), false);
    expect(
      await lacking(when, [example('chat', message('Stop', 'WHATSAPP'), true), quiet], {
        conditions,
      }),
    ).toEqual([]);
    const blocked = [example('blocked', message('Hello', 'SMS'), true), quiet];
    expect(await lacking(when, blocked, { conditions })).toEqual([
      'when.all.1.not undecided-condition',
    ]);
  });
});
