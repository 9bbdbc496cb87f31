import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { ask, inbound, open, send, until } from './page.ts';

const NAMES = [
  ...['Overview', 'Rules', 'Try', 'Lists', 'Alerts', 'Decisions', 'Reviews', 'Publish', 'Operate'],
];

const REFUSAL = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'the database is away' }),
};

/** In the page: presses every "Try again" once. */
const TRY_AGAIN = `
for (const button of document.querySelectorAll('main [role="alert"] button')) button.click();`;

/** Opens a screen by its link, from one that has loaded nothing that it needs. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

describe.each(NAMES)('%s', (name) => {
  /** A page that shows no screen, so that each screen loads what it needs. */
  const nowhere = (mayFail?: RegExp) => open('nowhere', { ...(mayFail && { mayFail }) });

  test('says what failed where the API fails, and loads when it is asked to try again', async () => {
    const page = await nowhere(/503/);
    await page.route('**/v1/**', (route) => route.fulfill(REFUSAL));
    await goTo(page, name);
    await page.getByRole('alert').getByText('the database is away').first().waitFor();
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'Try again' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.evaluate(TRY_AGAIN);
    await until(
      () => page.getByRole('main').getByRole('alert').count(),
      (count) => count === 0,
    );
  });

  test('shows that it loads while the API is slow', async () => {
    const page = await nowhere();
    const waiting: (() => void)[] = [];
    await page.route('**/v1/**', async (route) => {
      await new Promise<void>((go) => waiting.push(go));
      // The page may have given the request up meanwhile.
      await route.continue().catch(() => {});
    });
    await goTo(page, name);
    await page
      .getByRole('status')
      .filter({ hasText: /^Loading/ })
      .first()
      .waitFor();
    await page.unroute('**/v1/**');
    for (const go of waiting) go();
    await until(
      () =>
        page
          .getByRole('status')
          .filter({ hasText: /^Loading/ })
          .count(),
      (count) => count === 0,
    );
  });
});

describe('a text that is hostile', () => {
  const HOSTILE =
    'please stop texting me <img src=x onerror="document.title=1"><script>alert(1)</script> \u202Eevil';

  test('is text in the callback of a decision and in what Try makes of it', async () => {
    const id = await send(inbound(HOSTILE, '12025550189'));
    await until(
      () => ask<{ decisions: { id: string }[] }>('/v1/decisions?limit=50'),
      ({ decisions }) => decisions.some((one) => one.id === id),
    );
    const page = await open('decisions');
    await page.locator(`a[href="/console/decisions/${id}"]`).click();
    await page.getByRole('button', { name: 'Show callback' }).click();
    await page.locator('pre').getByText('onerror').waitFor();
    await goTo(page, 'Try');
    await page.getByLabel('Text').fill(HOSTILE);
    await page
      .getByRole('list', { name: 'Results' })
      .getByText('onerror')
      .first()
      .waitFor({ state: 'attached' });
    expect(await page.locator('main :is(img, script)').count()).toBe(0);
    expect(await page.title()).toBe('Try · Signalbox');
  });
});
