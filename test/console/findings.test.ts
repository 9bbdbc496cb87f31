import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { ask, open } from './page.ts';
import { shellTo } from './shell.ts';

/** Mistakes of rule authors that are kept beside the project; the project's own, where they are not there. */
const MISTAKES = '../shared/mistakes';
const kept = existsSync(MISTAKES)
  ? readdirSync(MISTAKES, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(MISTAKES, name, 'rules'))
  : [];
if (kept.length === 0) console.log(`findings of the page: skipped, ${MISTAKES} is not there`);

interface Line {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly consequences?: readonly { readonly message: string }[];
}

/** What `check --json` says of a folder, but for what concerns the folder itself. */
async function checked(folder: string): Promise<readonly Required<Line>[]> {
  const lines: string[] = [];
  const input = { rules: folder, fix: false, strict: false, env: false, explain: undefined };
  await check.run(
    { ...input, json: true } as never,
    shellTo((line) => lines.push(line)),
    new Command(),
  ); // the command's own input type stays behind `mount`
  const { findings } = JSON.parse(lines.join('')) as { findings: Line[] };
  return findings
    .filter(({ code }) => code !== 'schema-not-current' && code !== 'not-read')
    .map(({ code, severity, message, consequences = [] }) => ({
      ...{ code, severity, message, consequences },
    }));
}

let base: Readonly<Record<string, string>>;
let page: Page;

/** Puts a draft into the browser's store as another tab would have left it, and opens Publish. */
async function draft(
  changes: Readonly<Record<string, string | null>>,
  version: string,
): Promise<void> {
  await page.evaluate(
    ([kept, at]) =>
      new Promise<void>((done, failed) => {
        // The store of idb-keyval, which the console keeps its draft in.
        const open = (globalThis as unknown as { indexedDB: IDB }).indexedDB.open('keyval-store');
        open.onsuccess = () => {
          const write = open.result.transaction('keyval', 'readwrite');
          write.objectStore('keyval').put({ base: at, changes: kept }, 'draft');
          write.oncomplete = () => done();
          write.onerror = () => failed(new Error('the draft was not stored'));
        };
      }),
    [changes, version] as const,
  );
  await page.goto('/console/publish');
}

/** As much of IndexedDB as the test needs: the types of the browser are not those of this project. */
interface IDB {
  open: (name: string) => {
    onsuccess: () => void;
    result: {
      transaction: (
        store: string,
        mode: string,
      ) => {
        objectStore: (name: string) => { put: (value: unknown, key: string) => void };
        oncomplete: () => void;
        onerror: () => void;
      };
    };
  };
}

describe.skipIf(kept.length === 0)('the findings of the page are those of check --json', () => {
  let folder: string;
  let version: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-mistakes-'));
    const now = await ask<{ version: string; files: Record<string, string> }>(
      '/v1/rulebooks/in-force',
    );
    base = now.files;
    version = now.version;
    page = await open('rules', { lasting: true });
    await page.getByRole('heading', { name: 'Rules' }).waitFor();
  });
  afterAll(async () => {
    await page.context().close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(kept)('%s', async (mistake) => {
    const rules = join(folder, 'rules');
    await rm(rules, { recursive: true, force: true });
    await cp('test/rulebook', rules, { recursive: true });
    await cp(mistake, rules, { recursive: true });
    const laid = await filesIn(rules);
    const written = Object.entries(laid).filter(([file, text]) => base[file] !== text);
    // A file in another encoding cannot be typed into a page.
    if (written.some(([, text]) => text.includes('\uFFFD') || text.includes('\0'))) return;
    // What other tests published is deleted.
    const deleted = Object.keys(base).filter((file) => !(file in laid));
    const changes = Object.fromEntries([
      ...written,
      ...deleted.map((file) => [file, null] as const),
    ]);
    await draft(changes, version);
    await page.getByText(/check: \d+ findings?/).waitFor();
    const items = page.getByRole('list', { name: 'Findings', exact: true }).getByRole('listitem');
    const shown = await items.evaluateAll((elements) =>
      elements.map((element) => {
        const { innerText, textContent } = element as unknown as {
          innerText: string;
          textContent: string;
        };
        const [code = '', severity = ''] = innerText.split('\n');
        // What follows is folded: it is in the text, and not in what is seen.
        return { code, severity, text: innerText, all: textContent };
      }),
    );
    const wanted = await checked(rules);
    expect(shown.map(({ code, severity }) => ({ code, severity }))).toEqual(
      wanted.map(({ code, severity }) => ({ code, severity })),
    );
    for (const [index, { message, consequences }] of wanted.entries()) {
      expect(shown[index]?.text).toContain(message.split('\n')[0]);
      for (const { message: following } of consequences)
        expect(shown[index]?.all).toContain(following);
    }
  });
});

async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .filter(({ name }) => !name.endsWith('.schema.json'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    names.map(async (name) => [relative(folder, name), await readFile(name, 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}
