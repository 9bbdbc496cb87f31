import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

const example = { name: 'STOP', callback: inbound('STOP'), fires: true };
const files = {
  'rules/alerts.json': alerts,
  'rules/stop.json': { $schema: './rule.schema.json', ...stopRule, examples: [example] },
  'rules/lists/words.json': { name: 'words', why: 'Words.', values: ['STOP'] },
};
const bundled = (home: string) => join(home, '.wrangler', 'rulebook.json');
const build = (home: string) =>
  JSON.parse(readFileSync(join(home, '.wrangler', 'build.json'), 'utf8'));

/** A folder that was bundled and then got a broken rule. */
async function broken() {
  const home = folder(files);
  await openShell({ home }).run('bundle');
  const before = readFileSync(bundled(home), 'utf8');
  writeFileSync(join(home, 'rules', 'stop.json'), '{');
  return { home, before };
}

const git = (home: string, ...words: string[]) =>
  execFileSync('git', ['-C', home, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words]);

describe('bundle', () => {
  test('leaves the rules of the start alone while publishing is practised', async () => {
    const home = folder(files);
    await openShell({ home }).run('bundle');
    const before = readFileSync(bundled(home), 'utf8');
    writeFileSync(
      join(home, 'rules', 'stop.json'),
      JSON.stringify({ ...stopRule, owner: 'legal' }),
    );
    const practice = openShell({ home, env: { SIGNALBOX_KEEP_BUNDLE: 'true' } });
    expect(await practice.run('bundle')).toBe(0);
    expect(readFileSync(bundled(home), 'utf8')).toBe(before);
    expect(await openShell({ home }).run('bundle')).toBe(0);
    expect(readFileSync(bundled(home), 'utf8')).toContain('legal');
  });

  test('writes which code it is: version and commit, and whether the code was changed since', async () => {
    const home = folder({ ...files, 'package.json': { version: '1.2.3' }, 'src/a.ts': '' });
    const version = async () => {
      const { run, out } = openShell({ home });
      await run('--version');
      expect(await run('bundle')).toBe(0);
      return [build(home), out[0]];
    };
    expect(await version()).toEqual([
      { version: '1.2.3', commit: 'unknown', errors: [] },
      '1.2.3 (commit unknown)',
    ]);
    git(home, 'init', '-q');
    git(home, 'add', '.');
    git(home, 'commit', '-qm', 'all');
    const commit = String(git(home, 'rev-parse', 'HEAD')).slice(0, 12);
    // A changed rule is not changed code: rules have a version of their own.
    writeFileSync(
      join(home, 'rules', 'lists', 'words.json'),
      '{ "name": "words", "why": "W.", "values": ["A"] }',
    );
    expect(await version()).toEqual([
      { version: '1.2.3', commit, errors: [] },
      `1.2.3 (commit ${commit})`,
    ]);
    writeFileSync(join(home, 'src', 'a.ts'), 'changed');
    expect((await version())[0]).toMatchObject({ commit: `${commit}-modified` });
    // A copy in another project's checkout has no commit of its own.
    mkdirSync(join(home, 'copy'));
    writeFileSync(join(home, 'copy', 'package.json'), '{ "version": "1.2.3" }');
    const { run, out } = openShell({ home: join(home, 'copy') });
    await run('--version');
    expect(out).toEqual(['1.2.3 (commit unknown)']);
  });

  test('writes what decides, without examples and editor hints, and beside it what proves it and the files as they are', async () => {
    const home = folder(files);
    const { run, out } = openShell({ home });
    expect(await run('bundle')).toBe(0);
    expect(out).toEqual(['1 rule bundled']);
    const { examples: _, ...rule } = stopRule;
    const written = JSON.parse(readFileSync(bundled(home), 'utf8'));
    expect(JSON.parse(written.examples).examples).toEqual({ 'stop.json': [example] });
    expect(JSON.parse(JSON.parse(written.files)['stop.json'])).toEqual(files['rules/stop.json']);
    expect(written).toEqual({
      body: expect.any(String),
      examples: expect.any(String),
      examplesHash: expect.any(String),
      files: expect.any(String),
      version: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    });
    expect(JSON.parse(written.body)).toEqual({
      proof: written.examplesHash,
      rules: { 'stop.json': rule },
      lists: { 'lists/words.json': files['rules/lists/words.json'] },
      conditions: {},
      alerts,
      guardrails: {},
    });
  });

  test('says nothing and touches nothing when nothing has changed', async () => {
    const home = folder(files);
    await openShell({ home }).run('bundle');
    const before = statSync(bundled(home)).ino;
    const { run, out } = openShell({ home });
    expect(await run('bundle')).toBe(0);
    expect(out).toEqual([]);
    expect(statSync(bundled(home)).ino).toBe(before);
  });

  test('refuses a broken rule and keeps what it bundled last', async () => {
    const { home, before } = await broken();
    const { run, err } = openShell({ home });
    expect(await run('bundle')).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(/^rules\/stop\.json:1:2 error not-json /),
      'Nothing was bundled.',
    ]);
    expect(readFileSync(bundled(home), 'utf8')).toBe(before);
  });

  test('does not fail under wrangler dev, so that the last good rules go on answering', async () => {
    const { home, before } = await broken();
    const { run, err } = openShell({ home, env: { WRANGLER_COMMAND: 'dev' } });
    expect(await run('bundle')).toBe(0);
    expect(err.at(-1)).toBe('The last good rules stay in force.');
    expect(readFileSync(bundled(home), 'utf8')).toBe(before);
    // `/healthz` names the error, until the rule is repaired.
    expect(build(home).errors).toEqual([expect.stringMatching(/^rules\/stop\.json:1:2 error /)]);
    writeFileSync(join(home, 'rules', 'stop.json'), JSON.stringify(files['rules/stop.json']));
    expect(await run('bundle')).toBe(0);
    expect(build(home).errors).toEqual([]);
  });

  test('fails under wrangler dev too when there are no last good rules', async () => {
    const home = folder({ ...files, 'rules/stop.json': '{' });
    expect(await openShell({ home, env: { WRANGLER_COMMAND: 'dev' } }).run('bundle')).toBe(1);
    expect(existsSync(bundled(home))).toBe(false);
  });

  const V = 'V0000000000000000000000000';
  test.each([
    [
      'no Worker is known',
      undefined,
      /^Rules \w{8} decide unless others were published: those stay, .*activate bundled/,
    ],
    [
      'the deployment’s rules are in force',
      { version: V, origin: 'bundled' },
      /^Rules \w{8} decide as soon as they are deployed\.$/,
    ],
    [
      'others were published',
      { version: V, origin: 'published' },
      /^Rules \w{8} differ from V0000000, which was published and stays in force: .*activate bundled/,
    ],
  ])('a deployment is told what will decide when %s', async (_, rulebook, message) => {
    const server = createServer((_request, response) =>
      response.writeHead(503).end(JSON.stringify({ ok: false, rulebook })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void server.close());
    const env = {
      WRANGLER_COMMAND: 'deploy',
      SIGNALBOX_URL: `http://127.0.0.1:${Object(server.address()).port}`,
    };
    const { run, out } = openShell({ home: folder(files), env });
    expect(await run('bundle')).toBe(0);
    expect(out[0]).toMatch(message);
  });
});
