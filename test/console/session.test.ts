import { expect, inject, test } from 'vitest';
import { open, openContext, openTab, signIn } from './page.ts';
import { TOKENS } from './tokens.ts';

const NAMES = [
  ...['Overview', 'Rules', 'Try', 'Lists', 'Alerts', 'Decisions', 'Reviews', 'Publish', 'Operate'],
];

test('the one-time link of npm start signs in once, and its code does not stay in the address', async () => {
  const page = await openTab(await openContext());
  await page.goto(`/console/#sign-in=${inject('code')}`);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(page.url()).not.toContain('sign-in');
  const again = await openTab(await openContext(), /401/);
  await again.goto(`/console/#sign-in=${inject('code')}`);
  await again.getByRole('alert').waitFor();
  await again.getByLabel('Token').waitFor();
});

test('a token that is not known is refused, and nothing of it is kept', async () => {
  const page = await openTab(await openContext(), /401/);
  await page.goto('/console/rules');
  await page.getByLabel('Token').fill('no-such-token-0123456789');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('not known').waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('an address that is opened while signed out is shown after sign-in, and signing out ends the session', async () => {
  const page = await openTab(await openContext());
  await page.goto('/console/rules/whatsapp-quality-red');
  await signIn(page, 'reader');
  await page.getByRole('heading', { level: 1, name: 'whatsapp-quality-red' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  await page.reload();
  await page.getByLabel('Token').waitFor();
});

test('a reader keeps all nine links, is offered nothing that is refused, and causes no refused request', async () => {
  const page = await open('rules/stop', { role: 'reader' });
  await page.getByRole('button', { name: 'Edit' }).waitFor();
  for (const name of ['Pause', 'Silence'])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  for (const name of NAMES) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
  }
  await page.getByRole('navigation').getByRole('link', { name: 'Reviews' }).click();
  await page.getByRole('main').getByText('admin').waitFor();
});

test('a reader drafts and tries, and is told what publishing needs', async () => {
  const page = await open('rules/help/edit', { role: 'reader' });
  await page.getByLabel('Why').fill('What a reader proposes.');
  await page.getByRole('link', { name: 'Publish' }).click();
  await page.getByRole('list', { name: 'Changes' }).getByText('rule help').waitFor();
  await page.getByText(/Publishing needs a token with the role author/).waitFor();
  expect(await page.getByLabel('Message').count()).toBe(0);
});

test('a token without the role read is told so on every screen', async () => {
  const page = await open('overview', { role: 'sender' });
  for (const name of NAMES) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.getByText(/needs a token with the role read/).waitFor();
  }
  expect(TOKENS.sender.roles).toEqual(['send']);
});
