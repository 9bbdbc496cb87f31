import type { Page } from 'playwright-core';
import { ask, open } from './page.ts';

export interface Rulebook {
  readonly version: string;
  readonly rulebook: Readonly<Record<string, unknown>> & {
    readonly rules: Readonly<Record<string, Record<string, unknown>>>;
    readonly lists: Readonly<Record<string, { values: readonly string[] }>>;
    readonly stories: Readonly<Record<string, unknown>>;
    readonly alerts: Readonly<Record<string, unknown>>;
  };
  readonly files: Readonly<Record<string, string>>;
}

export const inForce = (): Promise<Rulebook> => ask<Rulebook>('/v1/rulebooks/in-force');
export const rule = async (name: string): Promise<Record<string, unknown>> =>
  (await inForce()).rulebook.rules[`${name}.json`] ?? {};

/** Fills the reason of an open dialog and confirms. */
export async function confirm(
  page: Page,
  verb: string,
  reason = 'a test of the console',
): Promise<void> {
  const dialog = page.getByRole('dialog');
  const field = dialog.getByLabel('Reason');
  if ((await field.inputValue()) === '') await field.fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Publishes the draft, and waits until it is in force. */
export async function publish(page: Page, message: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
  await page.getByLabel('Message').fill(message);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await confirm(page, 'Publish');
  await page.getByText(/^Published and in force/).waitFor();
}

export const form = (page: Page, legend: string) =>
  page.getByRole('group', { name: legend, exact: true });

/** Opens the editor of a rule in a view. */
export const edit = async (name: string, view = 'form'): Promise<Page> => {
  const page = await open(`rules/${name}/edit?view=${view}`);
  await page.getByRole('heading', { level: 1, name: `Edit ${name}` }).waitFor();
  return page;
};

/** Puts a version in force again, so that the tests that follow find it. */
export async function restore(version: string): Promise<void> {
  const { version: current } = await inForce();
  if (current === version) return;
  await ask(`/v1/rulebooks/${version}/activate`, {
    method: 'POST',
    body: JSON.stringify({ message: 'as before', builds_on: current }),
  });
}
