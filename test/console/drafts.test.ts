import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inForce, restore } from './authoring.ts';
import { ask, open, openTab, signIn } from './page.ts';

test('a draft outlives the page, and two tabs share it', async () => {
  const page = await open('rules/help/edit');
  await page.getByLabel('Why').fill('Kept in this browser.');
  await page.getByRole('button', { name: 'Discard' }).waitFor();
  await page.reload();
  const why = (tab: Page) => tab.getByLabel('Why').inputValue();
  await expect.poll(() => why(page), { timeout: 30_000 }).toBe('Kept in this browser.');
  const other = await openTab(page.context());
  await other.goto('/console/rules/help/edit');
  await signIn(other);
  await expect.poll(() => why(other), { timeout: 30_000 }).toBe('Kept in this browser.');
  await other.getByLabel('Owner').fill('night-team');
  await expect
    .poll(() => page.getByLabel('Owner').inputValue(), { timeout: 30_000 })
    .toBe('night-team');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await expect
    .poll(() => other.getByLabel('Owner').inputValue(), { timeout: 30_000 })
    .not.toBe('night-team');
});

test('what another user publishes meanwhile is shown; different files merge, the same file asks', async () => {
  const before = await inForce();
  const page = await open('rules/help/edit');
  await page.getByLabel('Why').fill('Mine.');
  const { rulebook } = before;
  const theirs = {
    ...rulebook,
    rules: {
      ...rulebook.rules,
      'help.json': { ...rulebook.rules['help.json'], why: 'Theirs.' },
      'start.json': { ...rulebook.rules['start.json'], owner: 'somebody-else' },
    },
  };
  await ask('/v1/rulebooks', {
    method: 'PUT',
    body: JSON.stringify({ ...theirs, message: 'Meanwhile', builds_on: before.version }),
  });
  await page.getByRole('link', { name: 'Publish' }).click();
  await page.getByLabel('Message').fill('Mine, on top');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  const region = page.getByRole('region', { name: 'Changed meanwhile' });
  await region.getByText('rule start', { exact: true }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  const take = region.getByRole('button', { name: 'Take over' });
  await region.getByLabel('help.json').waitFor();
  expect(await take.isDisabled()).toBe(true);
  await region.getByLabel('help.json').selectOption('mine');
  await take.click();
  await region.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(/^Published and in force/).waitFor();
  const after = await inForce();
  expect(after.rulebook.rules['help.json']?.why).toBe('Mine.');
  expect(after.rulebook.rules['start.json']?.owner).toBe('somebody-else');
  await restore(before.version);
}, 180_000);

test('the files are downloaded as they were written', async () => {
  const { files } = await inForce();
  const page = await open('publish');
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('signalbox-rules.zip');
  const file = join(await mkdtemp(join(tmpdir(), 'signalbox-download-')), 'rules.zip');
  await download.saveAs(file);
  const entries = unzipSync(readFileSync(file));
  const texts = Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );
  expect(texts).toEqual(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`rules/${name}`, text])),
  );
});
