import { expect, test } from 'vitest';
import { ask, inbound, open, send, until } from './page.ts';

interface Reviews {
  readonly reviews: readonly {
    id: string;
    text: string | null;
    state: string;
    decided_by: string;
  }[];
}

const HOSTILE =
  'please stop texting me <img src=x onerror="document.title=1"><script>alert(1)</script> \u202Eevil';

test('a customer’s message is shown as it came, never as HTML, and suppressed by keyboard alone', async () => {
  await send(inbound(HOSTILE, '12025550188'));
  const { reviews } = await until(
    () => ask<Reviews>('/v1/reviews'),
    ({ reviews: all }) => all.some(({ text }) => text === HOSTILE),
  );
  const review = reviews.find(({ text }) => text === HOSTILE);
  const page = await open(`reviews/${review?.id}`);
  const item = page.getByRole('listitem').filter({ hasText: 'onerror' }).first();
  await item.waitFor();
  expect(await item.locator('img, script').count()).toBe(0);
  expect(await item.locator('.bubble').innerText()).toBe(HOSTILE);
  expect(await page.title()).not.toBe('1');
  await page.waitForFunction(`document.activeElement?.id === ${JSON.stringify(review?.id)}`);
  await page.keyboard.press('s');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.getByRole('dialog').getByLabel('Reason').focus();
  await page.keyboard.type('it is a STOP');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const decided = await ask<Reviews>('/v1/reviews?state=suppressed');
  expect(decided.reviews.find(({ id }) => id === review?.id)?.decided_by).toBe('admin');
  const person = await ask<{ suppressed: boolean }>('/v1/recipients/SMS/12025550188');
  expect(person.suppressed).toBe(true);
});

test('what a rule did to consent is taken back for the people who are chosen', async () => {
  for (const sender of ['12025550151', '12025550152']) await send(inbound('STOP', sender));
  const page = await open('operate/undo');
  await page.getByLabel('Rule', { exact: true }).fill('stop');
  await page.getByRole('button', { name: 'Show the people' }).click();
  const people = page.getByRole('list', { name: 'People' }).getByRole('listitem');
  await people.filter({ hasText: '12025550152' }).waitFor();
  for (const item of await people.all())
    if (!(await item.innerText()).includes('12025550151'))
      await item.getByRole('checkbox').uncheck();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('the wrong rule');
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Taken back for 1 person.').waitFor();
  const [one, two] = await Promise.all(
    ['12025550151', '12025550152'].map((sender) =>
      ask<{ suppressed: boolean }>(`/v1/recipients/SMS/${sender}`),
    ),
  );
  expect([one?.suppressed, two?.suppressed]).toEqual([false, true]);
});

test('a screen says what failed, and loads when it is asked to try again', async () => {
  const page = await open('publish', { mayFail: /500|503|Failed to load|net::/ });
  let failing = true;
  await page.route('**/v1/decisions*', (route) =>
    failing
      ? route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'the journal is away' }),
        })
      : route.continue(),
  );
  await page.getByRole('navigation').getByRole('link', { name: 'Decisions' }).click();
  await page.getByRole('alert').getByText('the journal is away').waitFor();
  failing = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
});

test('a slow answer shows that the screen loads, and a late one does not replace a newer one', async () => {
  const page = await open('publish');
  const waiting: (() => void)[] = [];
  await page.route('**/v1/decisions*', async (route) => {
    await new Promise<void>((go) => waiting.push(go));
    // The page may have given the request up meanwhile.
    await route.continue().catch(() => {});
  });
  await page.getByRole('navigation').getByRole('link', { name: 'Decisions' }).click();
  await page.getByText('Loading decisions …').waitFor();
  await page.getByLabel('Rule', { exact: true }).fill('no-such-rule');
  await until(
    async () => waiting.length,
    (length) => length >= 2,
  );
  for (const go of waiting.toReversed()) go();
  await page.unroute('**/v1/decisions*');
  await page.getByText('No decision on record fits these filters.').waitFor();
});
