import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConfig, lint } from '@redocly/openapi-core';
import { expect, onTestFinished, test } from 'vitest';
import { openApiDocument } from '../../src/cli/openapi/document.ts';
import { PROJECT } from '../setup/home.ts';
import { generateTypes } from './generate-types.ts';
import { startWorker } from './running-worker.ts';

const execute = promisify(execFile);

/** What a customer writes with a client that is generated from the description. */
const FLOW = `
import createClient from 'openapi-fetch';
import type { paths } from './paths.d.ts';

const [url = '', apiToken = '', sinchToken = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url, headers: { authorization: \`Bearer \${apiToken}\` } });
const to = { channel: 'SMS', identity: '12025550142' };
const may = await client.POST('/v1/may-send', {
  body: { recipients: [{ ...to, app_id: 'app-1', content: 'marketing' }] },
});
const allowed: boolean | undefined = may.data?.results[0]?.allowed;
const sent = await client.POST('/send/v1/projects/{project}/messages:send', {
  params: { path: { project: 'local-project' } },
  headers: { authorization: \`Bearer \${sinchToken}\` },
  body: { app_id: 'app-1', recipient: { identified_by: { channel_identities: [to] } }, message: { text_message: { text: 'Hello' } } },
});
const id = String(Reflect.get(Object(sent.data), 'message_id'));
const found = await client.GET('/v1/messages/{id}', { params: { path: { id } } });
const none = await client.GET('/v1/messages/{id}', { params: { path: { id: 'none' } } });
const code: string | undefined = none.error?.code;
// @ts-expect-error no such kind of content
void (() => client.POST('/v1/may-send', { body: { recipients: [{ ...to, app_id: 'app-1', content: 'spam' }] } }));
console.log(JSON.stringify({ allowed, sent: sent.response.status, found: found.data?.root === id, code }));
`;

const CONFIG = {
  compilerOptions: {
    ...{ target: 'es2024', lib: ['es2024'], module: 'nodenext', types: ['node'] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    allowImportingTsExtensions: true,
  },
  files: ['flow.ts'],
};

test('a generated client asks, sends and looks up the result', async () => {
  const worker = await startWorker();
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-generated-'));
  onTestFinished(async () => {
    await worker.stop();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  file('paths.d.ts', await generateTypes(await openApiDocument()));
  file('flow.ts', FLOW);
  file('package.json', '{"type":"module"}');
  file('tsconfig.json', JSON.stringify(CONFIG));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc');
  const checked = await execute(tsc, ['-p', folder]).catch((error: unknown) => error);
  expect(Reflect.get(Object(checked), 'stdout')).toBe('');
  const token = `local-token-${Date.now() + 3_600_000}`;
  const words = ['flow.ts', worker.url, worker.apiToken, token];
  const { stdout } = await execute(process.execPath, words, { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({ allowed: true, sent: 200, found: true, code: 'not_found' });
}, 300_000);

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
  for (const name of ['MaySendAnswer', 'Problem', 'SinchProblem', 'Message'])
    expect(types).toMatch(new RegExp(`^        ${name}: `, 'm'));
}, 300_000);
