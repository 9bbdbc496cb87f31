import { createHash } from 'node:crypto';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeSite } from '../../src/cli/commands/site.ts';
import { AppError } from '../../src/errors.ts';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A project of some documents, and the function that builds its site. */
function project(files: Readonly<Record<string, string>>) {
  const home = mkdtempSync(join(tmpdir(), 'signalbox-site-'));
  roots.push(home);
  cpSync('docs/.vitepress/config.mts', join(home, 'docs', '.vitepress', 'config.mts'));
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const lines: string[] = [];
  const shell = { home, out: (line: string) => void lines.push(line) };
  return { home, lines, build: () => writeSite(shell) };
}

const page = (home: string, name: string): string =>
  readFileSync(join(home, 'public', 'docs', name), 'utf8');

describe('signalbox site', () => {
  test('builds the documents, once, with their links where the site has them', async () => {
    const { home, build, lines } = project({
      'docs/index.md':
        '# Start\n\n[the handbook](../rules/README.md#lists) and [code](../src/a.ts)',
      'docs/operators.md': '# At 3 a.m.\n\n`{{fact}}` and <id>\n\n<!-- not run -->',
      'rules/README.md': '# Handbook\n\n## Lists\n\n[up](../docs/operators.md#at-3-am)',
      'src/a.ts': '',
    });
    await build();
    expect(page(home, 'index.html')).toContain('href="./rules-handbook#lists"');
    expect(page(home, 'index.html')).not.toContain('src/a.ts');
    expect(page(home, 'rules-handbook.html')).toContain('href="./operators#at-3-am"');
    expect(page(home, 'operators.html')).toContain('id="at-3-am"');
    expect(page(home, 'operators.html')).toMatch(/\{\{fact\}\}[\s\S]*&lt;id&gt;/);
    expect(page(home, 'operators.html')).not.toContain('not run');
    await build();
    expect(lines).toEqual(['public/docs written']);
    // The policy of /docs allows the scripts in the pages by their hashes, and no other.
    const [, rules = ''] = readFileSync('public/_headers', 'utf8').split('\n/docs/*\n');
    const scripts = /script-src [^;]*/.exec(rules)?.[0] ?? '';
    const allowed = [...scripts.matchAll(/'sha256-([^']+)'/g)].map(([, hash]) => hash);
    const used = new Set(
      globSync(join(home, 'public/docs/**/*.html')).flatMap((file) =>
        [
          ...readFileSync(file, 'utf8').matchAll(
            /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g,
          ),
        ].map(([, script = '']) => createHash('sha256').update(script).digest('base64')),
      ),
    );
    expect([...used].toSorted()).toEqual(allowed.toSorted());
    expect(globSync(join(home, 'public/docs/**/*.html')).join()).not.toContain('<style');
  }, 240_000);

  test('fails on a link that leads nowhere, and names it', async () => {
    const { build } = project({ 'docs/index.md': '# Start\n\n[gone](./gone.md)' });
    await expect(build()).rejects.toThrow(AppError);
    await expect(build()).rejects.toThrow(/dead link/i);
  }, 240_000);
});

describe('the alert rules of Prometheus', () => {
  test('lead to a symptom of the documents', () => {
    const headings = [
      ...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^## (.+)$/gm),
    ].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...readFileSync('ops/alert-rules.yml', 'utf8').matchAll(/runbook_url: (\S+)/g)];
    expect(links.length).toBeGreaterThan(10);
    for (const [, link = ''] of links) {
      const [path, anchor] = link.split('#');
      expect(path).toMatch(/\/docs\/troubleshooting$/);
      expect(headings).toContain(anchor);
    }
  });
});
