import { describe, expect, test } from 'vitest';
import { readStories } from '../../src/stories/read-stories.ts';
import { known, readOne } from './telling.ts';

const first = { at: '2026-11-02T09:00:00Z', sample: 'stop' };
const then = { fires: ['stop'] };

describe('a story', () => {
  test('that is well is read', () => {
    const { stories, findings } = readOne([
      { ...first, then },
      { after: '1h', then: { refuses: 'all' } },
    ]);
    expect(findings).toEqual([]);
    expect(stories).toMatchObject([{ name: 'story', file: 'tests/story.json' }]);
  });

  test.each<[string, object[], object]>([
    [
      'an unknown key, with the one that was meant',
      [{ ...first, then: { fire: ['stop'] } }],
      { code: 'unknown-key', path: ['steps', 0, 'then', 'fire'], hint: 'did you mean "fires"?' },
    ],
    [
      'an unknown rule',
      [{ ...first, then: { fires: ['stopp'] } }],
      {
        code: 'unknown-rule',
        hint: 'did you mean "stop"?',
        path: ['steps', 0, 'then', 'fires', 0],
      },
    ],
    [
      'a rule that should be quiet, too',
      [{ ...first, then: { does_not_fire: ['rad'] } }],
      { code: 'unknown-rule', hint: 'did you mean "red"?' },
    ],
    [
      'an unknown action',
      [{ ...first, then: { actions: ['supress'] } }],
      { code: 'unknown-action', hint: 'did you mean "suppress"?' },
    ],
    [
      'an unknown action with params',
      [{ ...first, then: { not_actions: [{ action: 'throtle' }] } }],
      { code: 'unknown-action', hint: 'did you mean "throttle"?' },
    ],
    [
      'a param that the action does not have, which would forbid nothing',
      [{ ...first, then: { not_actions: [{ action: 'throttle', params: { too: '0' } }] } }],
      {
        code: 'unknown-key',
        hint: 'did you mean "to"?',
        path: ['steps', 0, 'then', 'not_actions', 0, 'params', 'too'],
      },
    ],
    [
      'an unknown destination',
      [{ ...first, then: { told: ['opps'] } }],
      { code: 'unknown-destination', hint: 'did you mean "ops"?' },
    ],
    [
      'an unknown destination of an alert',
      [{ ...first, then: { told: [{ to: ['ops', 'nights'] }] } }],
      { code: 'unknown-destination', hint: 'did you mean "night"?' },
    ],
    [
      'an unknown sample',
      [{ ...first, sample: 'stopp', then }],
      { code: 'unknown-sample', hint: 'did you mean "stop"?' },
    ],
    [
      'a first step without a time',
      [{ sample: 'stop', then }],
      { code: 'missing-key', message: expect.stringContaining('"at" is missing') },
    ],
    [
      'a time that is none',
      [{ ...first, at: 'tomorrow', then }],
      { code: 'bad-value', message: expect.stringContaining('expected a time like') },
    ],
    [
      'two times',
      [{ ...first, after: '1h', then }],
      { code: 'bad-value', path: ['steps', 0, 'after'] },
    ],
    [
      'a step back in time',
      [first, { ...first, at: '2026-11-01T09:00:00Z', then }],
      { code: 'bad-value', path: ['steps', 1, 'at'] },
    ],
    [
      'a duration that is none',
      [{ ...first, late: 'a while', then }],
      { code: 'bad-value', message: expect.stringContaining('expected a duration') },
    ],
    [
      'two callbacks',
      [{ ...first, callback: {}, then }],
      { code: 'bad-value', path: ['steps', 0, 'sample'] },
    ],
    [
      'no callback in the first step',
      [{ at: first.at, then: { refuses: 'all' } }],
      { code: 'missing-key' },
    ],
    [
      'what no step without a callback can say',
      [first, { then }],
      { code: 'bad-value', path: ['steps', 1, 'then', 'fires'] },
    ],
    [
      'what changes no callback',
      [first, { set: { a: 1 }, then: { limit: 'none' } }],
      { code: 'bad-value', path: ['steps', 1, 'set'] },
    ],
    [
      'a fact that is none',
      [{ ...first, given: { atempt: 1 }, then }],
      { code: 'unknown-fact', path: ['steps', 0, 'given', 'atempt'] },
    ],
    [
      'a fact of another type',
      [{ ...first, given: { attempt: 'two' }, then }],
      { code: 'bad-value', path: ['steps', 0, 'given', 'attempt'] },
    ],
    [
      'a rhythm without a number',
      [{ ...first, every: '1s', then }],
      { code: 'bad-value', path: ['steps', 0, 'every'] },
    ],
    [
      'a redelivery that is another event',
      [first, { sample: 'stop', again: true, times: 2, then }],
      { code: 'bad-value', path: ['steps', 1, 'again'] },
    ],
    [
      'a limit that is none',
      [{ ...first, then: { limit: 'slow' } }],
      { code: 'bad-value', message: expect.stringContaining('"10/minute"') },
    ],
    [
      'an end that expects nothing',
      [first],
      { code: 'missing-key', message: expect.stringContaining('"then" is missing') },
    ],
    ['no step', [], { code: 'bad-value' }],
  ])('is refused for %s', (_, steps, finding) => {
    const { stories, findings } = readOne(steps);
    expect(stories).toEqual([]);
    expect(findings).toMatchObject([{ file: 'tests/story.json', severity: 'error', ...finding }]);
  });

  test('that is called otherwise than its file is refused, and stops no other', () => {
    const well = { name: 'b', why: 'A test.', steps: [{ ...first, then }] };
    const { stories, findings } = readStories(
      { 'tests/a.json': { ...well, name: 'c' }, 'tests/b.json': well, 'tests/d.json': [] },
      known,
    );
    expect(stories.map(({ name }) => name)).toEqual(['b']);
    expect(findings.map(({ file, code }) => [file, code])).toEqual([
      ['tests/a.json', 'file-name'],
      ['tests/d.json', 'bad-value'],
    ]);
  });
});
