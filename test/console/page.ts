import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { signCallback } from '../../src/callbacks/signature.ts';
import { sampleBody } from '../../src/samples/samples.ts';
import { SETTINGS, TOKENS } from './tokens.ts';

export type Role = keyof typeof TOKENS;

/** How a page is opened. */
export interface View {
  readonly width?: number;
  readonly dark?: boolean;
  readonly role?: Role;
  /** The window outlives the test that opens it: its file closes it. */
  readonly lasting?: boolean;
  /** Failed requests that the test brings about itself. */
  readonly mayFail?: RegExp;
}

let browser: Browser;
const contexts: BrowserContext[] = [];
let troubles: string[] = [];

beforeAll(async () => {
  browser = await chromium.connect(inject('browser'));
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  const found = troubles;
  troubles = [];
  expect(found).toEqual([]);
});

/** Opens an empty browser window. A policy violation, a console error or a failed request fails the test. */
export async function openContext({
  width = 1280,
  dark = false,
  lasting = false,
}: View = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    baseURL: inject('url'),
    timezoneId: 'Europe/Stockholm',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(30_000);
  if (!lasting) contexts.push(context);
  return context;
}

/** Opens a tab and watches it. */
export async function openTab(context: BrowserContext, mayFail?: RegExp): Promise<Page> {
  const page = await context.newPage();
  const note = (words: string) => {
    if (!mayFail?.test(words)) troubles.push(words);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`console ${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => note(`page error: ${error}`));
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()} ${response.url()}`);
  });
  return page;
}

/** Opens a screen as a user of a role, by signing in on that very address. */
export async function open(path: string, view: View = {}): Promise<Page> {
  const page = await openTab(await openContext(view), view.mayFail);
  await page.goto(`/console/${path}`);
  await signIn(page, view.role);
  return page;
}

/** Signs in with the token of a role. */
export async function signIn(page: Page, role: Role = 'admin'): Promise<void> {
  await page.getByLabel('Token').fill(TOKENS[role].token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page
    .getByRole('navigation')
    .or(page.getByRole('button', { name: 'Menu' }))
    .waitFor();
}

/** Asks the API, as the admin unless said otherwise. */
export async function ask<T>(
  path: string,
  init: RequestInit = {},
  role: Role = 'admin',
): Promise<T> {
  const response = await fetch(inject('url') + path, {
    ...init,
    headers: {
      authorization: `Bearer ${TOKENS[role].token}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T; // what the test expects is what it asserts
}

/** Signs a callback and sends it to the Worker; times are now. Returns the callback's id. */
export async function send(body: object): Promise<string> {
  const now = new Date().toISOString();
  const text = JSON.stringify({ ...body, accepted_time: now, event_time: now });
  const headers = await signCallback(new TextEncoder().encode(text), SETTINGS.WEBHOOK_SECRETS, {
    timestamp: Math.floor(Date.now() / 1000),
    nonce: crypto.randomUUID(),
  });
  const response = await fetch(`${inject('url')}/callbacks`, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id; // as the API describes it
}

let count = 0;

/** A message from a person, each time another one. */
export function inbound(text: string, sender = '12025550147'): object {
  const body = structuredClone(sampleBody('stop')) as {
    message: Record<string, unknown>;
  };
  const id = `01CONSOLE${String(++count).padStart(4, '0')}${Date.now()}`.slice(0, 26);
  return {
    ...body,
    message: {
      ...body.message,
      id,
      contact_message: { text_message: { text } },
      channel_identity: { channel: 'SMS', identity: sender, app_id: '' },
    },
  };
}

/** Waits until the API says something, however busy the machine is. */
export async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    await new Promise((done) => setTimeout(done, 250));
  }
}
