import { describe, expect, test } from 'vitest';
import { foldFindings } from '../../src/authoring/fold-findings.ts';
import type { FileFinding } from '../../src/authoring/json-source.ts';

const finding = (file: string, over: Partial<FileFinding> = {}): FileFinding => ({
  file,
  path: ['when'],
  code: 'guardrail-broken',
  severity: 'error',
  message: 'is broken',
  line: 1,
  column: 1,
  ...over,
});
const context = { broken: new Map<string, string>(), partsOf: () => [] };
/** The files of the findings that are left, each with those of its consequences. */
const files = (findings: readonly FileFinding[]) =>
  foldFindings(findings, context).map(({ file, consequences = [] }) => [
    file,
    consequences.map((one) => one.file),
  ]);

describe('folding findings', () => {
  test('puts a finding under the one that it names as its cause', () =>
    expect(
      files([finding('stop.json'), finding('guardrails/stop.json', { causedBy: 'stop.json' })]),
    ).toEqual([['stop.json', ['guardrails/stop.json']]]));

  test('ends where findings name each other, and leaves none out', () => {
    const circle = [
      finding('a.json', { causedBy: 'b.json' }),
      finding('b.json', { causedBy: 'c.json' }),
      finding('c.json', { causedBy: 'a.json' }),
    ];
    expect(files(circle).flat(2).toSorted()).toEqual(['a.json', 'b.json', 'c.json']);
    expect(files(circle)).toHaveLength(1);
  });
});
