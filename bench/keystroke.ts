import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../test/console/chromium.ts';
import { TOKENS } from '../test/console/tokens.ts';
import { startWorker } from '../test/console/worker.ts';

/**
 * Measures, in a browser, how long it takes from a keystroke in the form of `whatsapp-quality-red` until its findings
 * are shown, and until the check of the whole rulebook is. Every second keystroke makes the rate invalid ("10/minutex"),
 * the next one corrects it. The shipped rules are in force.
 */
const ROUNDS = 12;

/** Milliseconds from the input event to the change of the list Findings, and to the end of "checking …". */
interface Taken {
  readonly rule: number;
  readonly whole: number;
}

/** In the page: starts a watch at the next input event. `taken` resolves when both have changed. */
const WATCH = `
globalThis.taken = new Promise((done) => {
  const findings = () => document.querySelector('[aria-label="Findings"]')?.innerText ?? '';
  const status = () => [...document.querySelectorAll('#checks [role="status"]')].at(-1)?.innerText ?? '';
  document.addEventListener('input', () => {
    const begun = performance.now();
    const before = findings();
    let rule;
    let checking = false;
    const look = () => {
      if (rule === undefined && findings() !== before) rule = performance.now() - begun;
      if (status().startsWith('checking')) checking = true;
      else if (checking && rule !== undefined) done({ rule, whole: performance.now() - begun });
      else requestAnimationFrame(look);
      if (checking && status().startsWith('checking')) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
});
undefined; // The promise itself would be waited for.`;

const worker = await startWorker();
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ baseURL: worker.url });
  await openEditor(page);
  const times: Taken[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await keystroke(page, round % 2 === 0));
  for (const [name, key] of [
    ['the edited rule', 'rule'],
    ['the whole rulebook', 'whole'],
  ] as const) {
    const sorted = times.map((one) => one[key]).toSorted((a, b) => a - b);
    const median = sorted[Math.floor(ROUNDS / 2)] ?? 0;
    console.log(
      `${name}: median ${median.toFixed(0)} ms after a keystroke, at most ${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
    );
  }
} finally {
  await browser.close();
  await worker.stop();
}

async function openEditor(page: Page): Promise<void> {
  await page.goto('/console/rules/whatsapp-quality-red/edit');
  await page.getByLabel('Token').fill(TOKENS.admin.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await rate(page).waitFor();
  await page.getByText('checking …').first().waitFor({ state: 'detached' });
}

function rate(page: Page) {
  const throttle = page.getByRole('group', { name: 'throttle', exact: true });
  return throttle.getByLabel('to', { exact: true });
}

async function keystroke(page: Page, wrong: boolean): Promise<Taken> {
  await rate(page).focus();
  await page.keyboard.press('End');
  await page.evaluate(WATCH);
  await page.keyboard.press(wrong ? 'x' : 'Backspace');
  return page.evaluate<Taken>('globalThis.taken');
}
