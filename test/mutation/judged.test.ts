import { describe, expect, test } from 'vitest';
import { countOf, type Outcome, scoreOf } from '../../bench/mutation/measured.ts';
import { filesLeft } from './each-test.ts';

describe('what became of mutants', () => {
  const mutant: Outcome = { file: 'src/rules/a.ts', line: 1, text: 'a', column: 0, change: 'x' };
  const killed: Outcome = { ...mutant, killer: { by: 'node', what: 'a test' } };

  test('counts one that there was no time for as not judged, not as survived', () => {
    const counts = countOf([
      ...[killed, killed, killed, mutant],
      ...[
        { ...mutant, unjudged: true },
        { ...mutant, verdict: 'changes nothing', unjudged: true },
      ],
    ]);
    expect(counts).toEqual({ mutants: 6, killed: 3, equivalent: 1, survived: 1, unjudged: 1 });
    expect(scoreOf(counts)).toBe(0.75);
  });
});

describe('test files that are left', () => {
  const files = ['one', 'two', 'three'];
  const begins = (file: string) => ({ begins: 'a test', file });

  test('are those that had not ended when time was up', () => {
    expect(filesLeft(files, [begins('one'), { ended: 'one' }, begins('two')], 'stopped')).toEqual([
      'two',
      'three',
    ]);
    expect(filesLeft(files, [], 'stopped')).toEqual(files);
  });

  test('are those after one that a mutant keeps from its end', () => {
    const lines = [begins('one'), { ended: 'one' }, begins('two')];
    expect(filesLeft(files, lines, 'hung')).toEqual(['three']);
    expect(filesLeft(files, lines, 'ended')).toEqual(['three']);
  });

  test('are none when the process has run to its end', () => {
    const lines = [begins('one'), { ended: 'one' }, begins('two'), { ended: 'two' }];
    expect(filesLeft(files, lines, 'ended')).toEqual([]);
  });
});
