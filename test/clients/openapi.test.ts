import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, lint } from '@redocly/openapi-core';
import { expect, onTestFinished, test } from 'vitest';
import { openApiDocument } from '../../src/cli/openapi/document.ts';
import { generateTypes } from './generate-types.ts';

test('the description of the API is clean by the recommended rules of Redocly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-openapi-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const ref = join(folder, 'openapi.json');
  writeFileSync(ref, JSON.stringify(await openApiDocument()));
  const problems = await lint({ ref, config: await createConfig({ extends: ['recommended'] }) });
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
}, 300_000);

test('the types that are generated from it have the names of ours', async () => {
  const types = await generateTypes(await openApiDocument());
  expect(types).toContain('"application/json": components["schemas"]["MaySendRequest"]');
  for (const name of ['MaySendAnswer', 'Problem', 'SinchProblem', 'ReadMessageResponse'])
    expect(types).toMatch(new RegExp(`^        ${name}: `, 'm'));
}, 300_000);
