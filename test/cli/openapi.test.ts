import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/api/index.ts';
import { openApiDocument } from '../../src/cli/openapi/document.ts';
import { HOME } from './shell.ts';

const text = JSON.stringify(await openApiDocument());
const document: Record<string, never> = JSON.parse(text);
const at = (path: string): unknown =>
  path
    .split('/')
    .reduce<unknown>(
      (inner, name) => (inner as Record<string, unknown> | undefined)?.[name],
      document,
    );

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}
const described = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Described>).map(([method, one]) => ({
    path,
    method,
    ...one,
  })),
);

describe('the description of the API', () => {
  test('has every operation once, under a name of its own', () => {
    expect(described).toHaveLength(operations.length);
    expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test.each(described)('$method $path has a summary, a group, and each parameter of its path', ({
    path,
    summary,
    tags,
    parameters = [],
  }) => {
    expect(summary).not.toBe('');
    expect(tags).toHaveLength(1);
    const named = parameters
      .filter((parameter) => parameter.in === 'path')
      .map(({ name }) => `{${name}}`);
    expect(named.toSorted()).toEqual(
      [...path.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted(),
    );
  });

  test('refers to nothing that is not there', () => {
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g))
      expect(at(reference), reference).toBeDefined();
  });

  test('is read without anything from elsewhere', () => {
    for (const file of ['index.html', 'reader.js'])
      expect(readFileSync(join(HOME, 'public', 'docs', 'api', file), 'utf8')).not.toMatch(
        /https?:|(src|href)="\/\//,
      );
  });
});
