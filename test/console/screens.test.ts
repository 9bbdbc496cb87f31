import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { inbound, open, send } from './page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Each screen: its address, its heading, and something that is there when it has loaded. */
const SCREENS = [
  ['overview', 'Overview', 'In force'],
  ['rules', 'Rules', 'whatsapp-quality-red'],
  ['rules/stop', 'stop', 'Examples'],
  ['rules/stop/edit', 'Edit stop', 'What it is for'],
  ['rules/stop/edit?view=json', 'Edit stop', 'In this rule'],
  ['rules/new', 'New rule', 'Create in the draft'],
  ['try', 'Try', 'stop-near-miss'],
  ['lists', 'Lists', 'All lists'],
  ['lists/stop-words-de', 'stop-words-de', 'ABBESTELLEN'],
  ['alerts', 'Alerts', 'Who is notified'],
  ['decisions', 'Decisions', 'Recipient'],
  ['reviews', 'Reviews', 'Dismiss'],
  ['publish', 'Publish', 'Versions'],
  ['operate', 'Operate', 'Undo consent'],
] as const;

const NAMES = [
  'Overview',
  'Rules',
  'Try',
  'Lists',
  'Alerts',
  'Decisions',
  'Reviews',
  'Publish',
  'Operate',
];

/** What axe finds in a page. It is evaluated in the page, because the policy allows no script from elsewhere. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // axe puts itself into the page's global scope.
    const { violations: found } = await (
      globalThis as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

beforeAll(async () => {
  await send(inbound('please stop texting me about offers', '12025550177'));
});

describe.each([
  { width: 1280, dark: false },
  { width: 375, dark: true },
])('at $width px, dark: $dark', (view) => {
  test.each(SCREENS)('%s is %s, fits, and axe finds nothing', async (path, heading, there) => {
    const page = await open(path, view);
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    await page.getByText(there, { exact: true }).first().waitFor();
    await page.waitForLoadState('networkidle');
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
  });

  test('the sign-in page fits, and axe finds nothing', async () => {
    const page = await open('overview', view);
    if (view.width < 640) await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

test('one navigation has links of exactly the nine names, each to its screen', async () => {
  const page = await open('overview');
  const links = page.getByRole('navigation').getByRole('link');
  expect(await links.allInnerTexts()).toEqual(NAMES);
  for (const name of NAMES) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/${name.toLowerCase()}`);
  }
});

test('every figure of the overview is a link to its list', async () => {
  const page = await open('overview');
  for (const name of [
    ...['Callbacks', 'Firings', 'Delivered', 'Open alerts', 'Reviews waiting', 'Held'],
    ...['Dead letters', 'Limits', 'In force'],
  ])
    await page.getByRole('main').getByRole('link', { name, exact: true }).waitFor();
});
