import { expect, inject, test } from 'vitest';
import { openContext, openTab } from './page.ts';

/** Every tab fails its test on a violation of the policy, an error of the page, or a failed request. */
const tab = async () => openTab(await openContext());

/** One page of each kind: the front page, prose with code, generated tables, a decision record, a recipe. */
const PAGES = ['', 'operators', 'rules-handbook', 'reference/facts', 'glossary', 'troubleshooting'];

test.each(PAGES)('/docs/%s is shown under its policy', async (path) => {
  const page = await tab();
  await page.goto(`/docs/${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
  // The script of the page runs: it marks the theme, and the switch works.
  const dark = () => page.evaluate('document.documentElement.classList.contains("dark")');
  const before = await dark();
  await page.getByRole('switch').first().click();
  expect(await dark()).toBe(!before);
});

test('the local search finds what people look for, and leads there', async () => {
  const page = await tab();
  await page.goto('/docs/');
  await page
    .getByRole('button', { name: /search/i })
    .first()
    .click();
  await page.getByRole('searchbox').fill('retry schedule');
  const found = page.getByRole('option').first();
  await found.waitFor();
  await found.click();
  await page.waitForURL(/\/docs\/.+/);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
});

test('the API reader shows every group, and the form of an operation', async () => {
  const page = await tab();
  await page.goto('/docs/api/');
  await page.getByText('May I send?').first().waitFor();
  await page.getByText('/v1/permits').first().click();
  await page.getByText('The limits').or(page.getByText('throttle_unavailable')).first().waitFor();
});

test('a browser that asks for the Worker comes to the console', async () => {
  const page = await tab();
  await page.goto('/');
  expect(page.url()).toBe(`${inject('url')}/console/`);
});
