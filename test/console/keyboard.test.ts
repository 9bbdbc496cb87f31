import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { inForce, restore, rule } from './authoring.ts';
import { open, openContext, openTab } from './page.ts';
import { TOKENS } from './tokens.ts';

/** How many presses of Tab lead around the longest screen. */
const MOST = 400;

/** Presses Tab until the control with a role and a name has the focus. */
async function tabTo(
  page: Page,
  role: 'link' | 'button' | 'textbox' | 'searchbox',
  name: string,
): Promise<void> {
  const control = page.getByRole(role, { name, exact: true });
  await control.waitFor();
  for (let presses = 0; presses < MOST; presses++) {
    if (await control.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to the ${role} ${name}`);
}

test('a rule is found, changed and published by keyboard alone', async () => {
  const before = await inForce();
  const page = await openTab(await openContext());
  await page.goto('/console/rules');
  // A field of a secret has no role of its own; it has the focus.
  await page.getByLabel('Token').waitFor();
  await page.keyboard.type(TOKENS.admin.token);
  await page.keyboard.press('Enter');
  await tabTo(page, 'searchbox', 'Search rules');
  await page.keyboard.type('help');
  await tabTo(page, 'link', 'help');
  await page.keyboard.press('Enter');
  await tabTo(page, 'button', 'Edit');
  await page.keyboard.press('Enter');
  await tabTo(page, 'textbox', 'Why');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Written without a mouse.');
  await tabTo(page, 'button', 'Review and publish');
  await page.keyboard.press('Enter');
  await page.getByText(/check: \d+ findings?/).waitFor();
  await tabTo(page, 'textbox', 'Message');
  await page.keyboard.type('Keys only');
  await tabTo(page, 'button', 'Publish');
  await page.keyboard.press('Enter');
  // The dialog has the focus in its reason, which the message fills.
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText(/^Published and in force/).waitFor();
  expect((await rule('help')).why).toBe('Written without a mouse.');
  await restore(before.version);
});

test('Escape closes a dialog, and the focus returns to its button', async () => {
  const page = await open('rules/help');
  await tabTo(page, 'button', 'Pause');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction('document.activeElement?.textContent === "Pause"');
});

test('the first press of Tab offers to skip the navigation', async () => {
  const page = await open('rules');
  await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
  await tabTo(page, 'link', 'Skip to content');
  await page.keyboard.press('Enter');
  await page.waitForFunction('document.activeElement?.id === "content"');
});
