import { describe, expect, test, vi } from 'vitest';
import { explain } from '../../../src/rules/explain/explain.ts';
import { callbackWith, forgetful, leaf, list, ratingOf, rule, rulebookOf } from '../rulebook.ts';

const whatsapp = leaf('channel', 'equal', 'WHATSAPP');
const red = leaf('quality_rating', 'equal', 'RED');

const sentenceOf = async (when: unknown, callback = ratingOf('YELLOW'), recalled?: string) => {
  const lists = { 'lists/bad.json': list('bad', ['RED', 'BROKEN']) };
  const [found] = await explain(
    rulebookOf([rule({ name: 'r', when })], { lists }),
    await callback,
    async () => recalled,
  );
  return found?.sentence;
};

describe('explain says why a rule did not fire', () => {
  test.each<[string, unknown, string]>([
    [
      'by what was seen and what is needed',
      { all: [whatsapp, red] },
      'r did not fire: quality rating was YELLOW, the rule needs RED (1 of 2 conditions held)',
    ],
    [
      'naming a missing fact as missing',
      leaf('template_status', 'equal', 'PAUSED'),
      'r did not fire: template status was missing, the rule needs PAUSED (0 of 1 conditions held)',
    ],
    [
      'naming what should be missing',
      leaf('channel', 'missing'),
      'r did not fire: channel was WHATSAPP, the rule needs it missing (0 of 1 conditions held)',
    ],
    [
      'in each of its misses',
      { all: [red, leaf('app_id', 'in', ['x', 'y'])] },
      'r did not fire: quality rating was YELLOW, the rule needs RED; app was app-1, the rule needs one of x or y (0 of 2 conditions held)',
    ],
    [
      'by the values that would have done',
      { any: [red, leaf('quality_rating', 'equal', 'GREEN')] },
      'r did not fire: quality rating was YELLOW, the rule needs RED or GREEN (0 of 1 conditions held)',
    ],
    [
      'by the nearest branch',
      { any: [{ all: [red, leaf('app_id', 'equal', 'x')] }, { all: [whatsapp, red] }] },
      'r did not fire: quality rating was YELLOW, the rule needs RED (or 1 other way) (1 of 2 conditions held)',
    ],
    [
      'by a list’s name',
      leaf('quality_rating', 'in', { list: 'bad' }),
      'r did not fire: quality rating was YELLOW, the rule needs one of the list bad (0 of 1 conditions held)',
    ],
    [
      'by a negated condition',
      { not: leaf('quality_rating', 'in', ['YELLOW', 'RED']) },
      'r did not fire: quality rating was YELLOW, the rule needs none of YELLOW or RED (0 of 1 conditions held)',
    ],
    [
      'by a number',
      leaf('age_seconds', 'lessThan', 60),
      'r did not fire: age in seconds was 60, the rule needs less than 60 (0 of 1 conditions held)',
    ],
    [
      'by a time',
      leaf('event_time', 'before', '2026-01-01T00:00:00Z'),
      'r did not fire: time of the event was 2026-11-20T11:59:00Z, the rule needs before 2026-01-01T00:00:00Z (0 of 1 conditions held)',
    ],
    [
      'by a field',
      { ...leaf('payload', 'equal', 'X'), path: 'channel' },
      'r did not fire: field channel was WHATSAPP, the rule needs X (0 of 1 conditions held)',
    ],
  ])('%s', async (_, when, sentence) => expect(await sentenceOf(when)).toBe(sentence));

  test('by what was there before', async () => {
    const change = leaf('quality_rating', 'changedTo', 'RED');
    expect(await sentenceOf(change, ratingOf('RED'), 'RED')).toBe(
      'r did not fire: quality rating was RED, before that RED, the rule needs one that changed to RED (0 of 1 conditions held)',
    );
    expect(await sentenceOf(change, ratingOf('RED'))).toContain('was RED, before that missing');
  });
});

describe('explain', () => {
  test('says what a rule fired on', async () =>
    expect(await sentenceOf({ all: [whatsapp, red] }, ratingOf('RED'))).toBe(
      'r fired: channel was WHATSAPP, quality rating was RED',
    ));

  test('puts what fired first, then the nearest miss, and leaves out other triggers', async () => {
    const rulebook = rulebookOf([
      rule({ name: 'far', when: { all: [red, leaf('app_id', 'equal', 'x')] } }),
      rule({ name: 'near', when: { all: [whatsapp, red] } }),
      rule({ name: 'nearer', when: { all: [whatsapp, leaf('app_id', 'present'), red] } }),
      rule({ name: 'fired', when: whatsapp }),
      rule({ name: 'off', enabled: false }),
      rule({ name: 'elsewhere', on: ['MESSAGE_INBOUND'] }),
    ]);
    const found = await explain(rulebook, await ratingOf('YELLOW'), forgetful);
    expect(
      found.map(({ rule: name, outcome, held, of }) => `${name} ${outcome} ${held}/${of}`),
    ).toEqual([
      'fired fired 1/1',
      'nearer did-not-fire 2/3',
      'near did-not-fire 1/2',
      'far did-not-fire 0/2',
      'off disabled 1/1',
    ]);
    expect(found[1]?.misses).toEqual([
      { fact: 'quality_rating', operator: 'equal', saw: 'YELLOW', needs: 'RED' },
    ]);
    expect(found[4]?.sentence).toBe('off was not asked: it is switched off ("enabled": false)');
  });

  test('names the rule that stopped another', async () => {
    const rulebook = rulebookOf([rule({ name: 'a', stop: true }), rule({ name: 'b' })]);
    const found = await explain(rulebook, await ratingOf('RED'), forgetful);
    expect(found.map(({ sentence }) => sentence)).toEqual([
      'a fired: channel was WHATSAPP',
      'b was not asked: a fired before it and stops the rules after it',
    ]);
  });

  test('says that a rule could not be decided', async () => {
    const callback = callbackWith('CHANNEL_EVENT', {});
    const broken = { ...callback, fact: () => fail() };
    expect(await explain(rulebookOf([rule({ name: 'a' })]), broken, forgetful)).toMatchObject([
      { outcome: 'erred', sentence: 'a could not be decided: cannot be read' },
    ]);
  });

  test('recalls each fact once', async () => {
    const recall = vi.fn(async () => 'GREEN');
    const when = { all: [red, leaf('previous_quality_rating', 'equal', 'GREEN')] };
    await explain(
      rulebookOf(['a', 'b'].map((name) => rule({ name, when }))),
      await ratingOf('RED'),
      recall,
    );
    expect(recall).toHaveBeenCalledTimes(1);
  });
});

const fail = (): never => {
  throw new Error('cannot be read');
};
