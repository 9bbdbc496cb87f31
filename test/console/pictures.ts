import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { fillWorker } from './pictured-day.ts';
import { TOKENS } from './tokens.ts';
import { startWorker } from './worker.ts';

/** The pictures of the handbook: each screen with its address and what is there when it has loaded. */
const SCREENS = [
  { name: 'overview', path: 'overview', there: 'The last 24 hours' },
  { name: 'rules', path: 'rules', there: 'whatsapp-quality-red' },
  { name: 'rule', path: 'rules/whatsapp-quality-red', there: 'Examples' },
  { name: 'edit', path: 'rules/policy-refusals-pile-up/edit', there: 'Examples' },
  { name: 'edit-json', path: 'rules/policy-refusals-pile-up/edit?view=json', there: 'Examples' },
  { name: 'try', path: 'try', there: 'With your draft' },
  { name: 'lists', path: 'lists', there: 'All lists' },
  { name: 'list', path: 'lists/stop-words-de', there: 'New word' },
  { name: 'alerts', path: 'alerts', there: 'Who is notified' },
  { name: 'decisions', path: 'decisions', there: 'Recipient' },
  { name: 'reviews', path: 'reviews', there: 'Dismiss' },
  { name: 'publish', path: 'publish', there: 'Versions' },
  { name: 'operate', path: 'operate', there: 'Undo consent' },
  { name: 'new-rule', path: 'rules/new', there: 'Create in the draft' },
] as const;

const WIDTHS = [
  ['wide', { width: 1280, height: 860 }],
  ['narrow', { width: 375, height: 780 }],
] as const;

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'docs/images/console' },
    /** The whole page, for a review of the design; else what fits on a screen. */
    full: { type: 'boolean', default: false },
    format: { type: 'string', default: 'webp' },
    /** A Worker that runs already, with the tokens of the tests. */
    url: { type: 'string' },
    screen: { type: 'string', multiple: true },
  },
});

const worker = options.url === undefined ? await startWorker() : undefined;
const url = worker?.url ?? options.url ?? '';
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ['--no-sandbox', '--font-render-hinting=none'],
});
try {
  if (worker) await fillWorker(url);
  mkdirSync(options.out, { recursive: true });
  for (const colours of ['light', 'dark'] as const) await takeAll(browser, colours);
} finally {
  await browser.close();
  await worker?.stop();
}

/** Takes every screen in a colour scheme, wide and narrow. */
async function takeAll(on: Browser, colours: 'light' | 'dark'): Promise<void> {
  const context = await on.newContext({
    baseURL: url,
    colorScheme: colours,
    viewport: WIDTHS[0][1],
    timezoneId: 'Europe/Stockholm',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const wanted = SCREENS.filter(({ name }) => options.screen?.includes(name) ?? true);
  const shot = async (name: string) => {
    for (const [width, size] of WIDTHS) {
      await page.setViewportSize(size);
      await take(page, `${name}-${width}-${colours}`);
    }
    await page.setViewportSize(WIDTHS[0][1]);
  };
  await page.goto('/console/');
  await page.getByLabel('Token').waitFor();
  if (!options.screen) await shot('sign-in');
  await page.getByLabel('Token').fill(TOKENS.admin.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await makeDraft(page);
  for (const { name, path, there } of wanted) {
    await page.goto(`/console/${path}`);
    await page.getByText(there, { exact: true }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page
      .getByText(/^(Loading|Reading|checking) .*…$/)
      .first()
      .waitFor({ state: 'detached' });
    await shot(name);
  }
  if (wanted.some(({ name }) => name === 'decisions')) {
    await page.goto('/console/decisions?rule=stop');
    await page.getByRole('main').getByRole('listitem').getByRole('link').first().click();
    await page.getByText('What each rule made of it').waitFor();
    await shot('decision');
  }
  await context.close();
}

/** Changes a limit and a text, so that Edit, Try and Publish show a draft. */
async function makeDraft(page: Page): Promise<void> {
  await page.goto('/console/rules/policy-refusals-pile-up/edit');
  const throttle = page.getByRole('group', { name: 'throttle', exact: true });
  await throttle.getByLabel('to', { exact: true }).fill('20/minute');
  await page.getByRole('region', { name: 'Sentence' }).getByText('20 a minute').waitFor();
}

/** Saves what the page shows. */
async function take(page: Page, name: string): Promise<void> {
  // Two frames: the first measures the new width, the second draws by it.
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
  const session = await page.context().newCDPSession(page);
  const { cssContentSize } = await session.send('Page.getLayoutMetrics');
  const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
  const { data } = await session.send('Page.captureScreenshot', {
    ...(options.format === 'png' ? { format: 'png' } : { format: 'webp', quality: 80 }),
    captureBeyondViewport: options.full,
    ...(options.full ? { clip } : {}),
  });
  await session.detach();
  const file = join(options.out, `${name}.${options.format}`);
  writeFileSync(file, Buffer.from(data, 'base64'));
  console.log(file);
}
