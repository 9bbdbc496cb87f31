import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const FILES = [...globSync('*.md'), ...globSync('{docs,bench,rules,.github}/**/*.md')].toSorted();

/** Fenced blocks and code in backticks hold no links. */
const prose = (text: string): string =>
  text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

/** Where a link of a file does not lead, or undefined. */
function broken(file: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(target)) return link;
  return anchor !== undefined && !anchorsOf(target).includes(anchor) ? link : undefined;
}

describe('the documents', () => {
  test.each(FILES)('every link of %s leads somewhere', (file) => {
    const links = [...prose(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link));
    expect(links.flatMap((link) => broken(file, link) ?? [])).toEqual([]);
  });

  test('README.md is at most 15 KB', () => {
    expect(statSync('README.md').size).toBeLessThanOrEqual(15 * 1024);
  });
});
