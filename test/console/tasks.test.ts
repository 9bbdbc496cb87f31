import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sampleBody } from '../../src/samples/samples.ts';
import { ask, inbound, open, send, until } from './page.ts';

interface Rulebook {
  readonly version: string;
  readonly rulebook: {
    readonly rules: Readonly<Record<string, Record<string, unknown>>>;
    readonly lists: Readonly<Record<string, { values: readonly string[] }>>;
    readonly stories: Readonly<Record<string, unknown>>;
    readonly alerts: Readonly<Record<string, unknown>>;
  };
  readonly files: Readonly<Record<string, string>>;
}

const inForce = (): Promise<Rulebook> => ask<Rulebook>('/v1/rulebooks/in-force');
const rule = async (name: string): Promise<Record<string, unknown>> =>
  (await inForce()).rulebook.rules[`${name}.json`] ?? {};

/** Fills the reason of an open dialog and confirms. */
async function confirm(page: Page, verb: string, reason = 'a test of the console'): Promise<void> {
  const dialog = page.getByRole('dialog');
  const field = dialog.getByLabel('Reason');
  if ((await field.inputValue()) === '') await field.fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Publishes the draft, and waits until it is in force. */
async function publish(page: Page, message: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
  await page.getByLabel('Message').fill(message);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await confirm(page, 'Publish');
  await page.getByText(/^Published and in force/).waitFor();
}

const form = (page: Page, legend: string) => page.getByRole('group', { name: legend, exact: true });

/** Opens the editor of a rule in a view. */
const edit = async (name: string, view = 'form'): Promise<Page> => {
  const page = await open(`rules/${name}/edit?view=${view}`);
  await page.getByRole('heading', { level: 1, name: `Edit ${name}` }).waitFor();
  return page;
};

describe('the tasks of a rule author', () => {
  test('1 changes the limit of RED from 10 to 20 a minute', async () => {
    const page = await edit('whatsapp-quality-red');
    await form(page, 'throttle').getByLabel('to', { exact: true }).fill('20/minute');
    await page.getByRole('region', { name: 'Sentence' }).getByText('20 a minute').waitFor();
    await publish(page, 'RED limits to 20 a minute');
    expect(await rule('whatsapp-quality-red')).toMatchObject({
      then: [{ params: { to: '20/minute' } }, {}],
    });
  });

  test('2 adds a Polish stop word', async () => {
    const page = await open('lists/stop-words-pl');
    await page.getByLabel('New word').fill('KONIEC');
    await page.getByText(/^Affects rule stop/).waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('list', { name: 'Values' }).getByText('KONIEC').waitFor();
    await publish(page, 'KONIEC is a STOP');
    expect((await inForce()).rulebook.lists['lists/stop-words-pl.json']?.values).toContain(
      'KONIEC',
    );
    await send(inbound('koniec', '12025550101'));
    const person = await ask<{ suppressed: boolean }>('/v1/recipients/SMS/12025550101');
    expect(person.suppressed).toBe(true);
  });

  test('3 and 7 routes alerts elsewhere at night, and those of one owner to another team', async () => {
    const page = await open('alerts');
    await page.getByRole('button', { name: 'Edit routes' }).click();
    const { alerts } = (await inForce()).rulebook;
    const changed = {
      ...alerts,
      schedules: {
        night: {
          days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
          from: '22:00',
          to: '06:00',
          timeZone: 'Europe/Stockholm',
        },
      },
      routes: [
        { name: 'compliance', match: { owner: 'compliance' }, to: 'forward' },
        { name: 'night', match: {}, schedule: 'night', to: 'forward' },
      ],
    };
    await page
      .getByRole('textbox', { name: 'JSON' })
      .fill(`${JSON.stringify(changed, undefined, 2)}\n`);
    await page.getByText(/^No findings\.$/).waitFor();
    await page.getByLabel('Rule', { exact: true }).selectOption('whatsapp-quality-red');
    await page.getByLabel('Time', { exact: true }).fill('2026-12-01T23:30');
    await page
      .getByText(/route night/)
      .first()
      .waitFor();
    await page.getByLabel('Time', { exact: true }).fill('2026-12-01T12:00');
    await page
      .getByText(/no route matches/)
      .first()
      .waitFor();
    await publish(page, 'Nights and compliance go to forward');
    expect((await inForce()).rulebook.alerts).toMatchObject({ routes: changed.routes });
  });

  test('4 finds out why a rule did not fire', async () => {
    const id = await send(inbound('I would like to stop by on Friday', '12025550104'));
    await until(
      () => ask<{ decisions: { id: string }[] }>('/v1/decisions?limit=50'),
      ({ decisions }) => decisions.some((one) => one.id === id),
    );
    const page = await open('decisions');
    await page.locator(`a[href="/console/decisions/${id}"]`).click();
    const item = page
      .getByRole('list', { name: 'Results' })
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'stop', exact: true }) });
    await item.getByText(/did not fire: plain text was/).waitFor();
    const explained = await ask<{ explanation: { rule: string; outcome: string }[] }>(
      `/v1/decisions/${id}`,
    );
    expect(explained.explanation.find(({ rule: name }) => name === 'stop')?.outcome).toBe(
      'did-not-fire',
    );
  });

  test('5 takes a publication back', async () => {
    const before = (await inForce()).version;
    const page = await edit('help');
    await page.getByLabel('Why').fill('To be taken back.');
    await publish(page, 'To be taken back');
    expect((await inForce()).version).not.toBe(before);
    await page.getByRole('button', { name: 'Roll back' }).click();
    await confirm(page, 'Roll back');
    await until(inForce, ({ version }) => version === before);
    const { history } = await ask<{ history: { kind: string; actor: string; reason: string }[] }>(
      '/v1/rulebooks',
    );
    expect(history[0]).toMatchObject({
      kind: 'rollback',
      actor: 'admin',
      reason: 'a test of the console',
    });
  });

  test('6 silences a rule for two hours', async () => {
    const page = await open('rules/content-refused');
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.getByRole('dialog').getByLabel('For').selectOption('2h');
    await confirm(page, 'Silence');
    const { silences } = await ask<{
      silences: { match: { rule?: string }; until: string; at: string; actor: string }[];
    }>('/v1/silences');
    const silence = silences.find(({ match }) => match.rule === 'content-refused');
    expect(silence?.actor).toBe('admin');
    expect(Date.parse(silence?.until ?? '') - Date.parse(silence?.at ?? '')).toBe(7_200_000);
  });

  test('8 writes a rule for a new template status', async () => {
    const page = await open('rules/new');
    await page.getByLabel('Name').fill('template-in-appeal');
    await page.getByLabel('Why').fill('An appeal wants to be watched.');
    await page.getByLabel('When a callback comes of').selectOption('CHANNEL_EVENT');
    await page.getByLabel('whose').selectOption('template_status');
    await page.getByLabel('value', { exact: true }).fill('IN_APPEAL');
    await page.getByRole('button', { name: 'Create in the draft' }).click();
    await page.getByRole('heading', { level: 1, name: 'Edit template-in-appeal' }).waitFor();
    await page.getByRole('region', { name: 'Sentence' }).getByText('IN_APPEAL').waitFor();
    await publish(page, 'Watch appeals');
    expect(await rule('template-in-appeal')).toMatchObject({
      when: { fact: 'template_status', operator: 'equal', value: 'IN_APPEAL' },
    });
  });

  test('9 counts failures for each app', async () => {
    const page = await edit('template-in-appeal');
    await page.getByLabel('Fire only when it happens often enough').check();
    await page.getByLabel('Count', { exact: true }).fill('3');
    await page.getByLabel('Within', { exact: true }).fill('1h');
    await page.getByLabel('For each').fill('app_id');
    for (const name of ['Remove example', 'Remove example'])
      await page.getByRole('button', { name }).first().click();
    await page.getByText(/at least 3 times within any hour, for each app/).waitFor();
    await publish(page, 'Only when it comes often');
    expect(await rule('template-in-appeal')).toMatchObject({
      threshold: { count: 3, within: '1h', per: ['app_id'] },
    });
  });

  test('10 gives HELP its own words', async () => {
    const page = await open('lists/help-words');
    await page.getByLabel('New word').fill('SUPPORT ME');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('list', { name: 'Changes' }).getByText('with SUPPORT ME').waitFor();
    await publish(page, 'Our own word for help');
    expect((await inForce()).rulebook.lists['lists/help-words.json']?.values).toContain(
      'SUPPORT ME',
    );
  });

  test('11 stops one rule now, and lets it go on', async () => {
    const page = await open('rules/help');
    await page.getByRole('button', { name: 'Pause' }).click();
    await confirm(page, 'Pause');
    await page.getByText('Paused', { exact: true }).waitFor();
    const { pauses } = await ask<{ pauses: { name: string; actor: string }[] }>('/v1/pauses');
    expect(pauses).toMatchObject([{ name: 'help', actor: 'admin' }]);
    await page.getByRole('navigation').getByRole('link', { name: 'Operate', exact: true }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await confirm(page, 'Resume');
    await until(
      () => ask<{ pauses: unknown[] }>('/v1/pauses'),
      ({ pauses: left }) => left.length === 0,
    );
  });

  test('13 sees what a change would have done', async () => {
    const page = await edit('help');
    await form(page, 'alert').getByLabel('severity').selectOption('critical');
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.getByRole('heading', { name: 'Suppressions' }).waitFor();
    await page.getByText(/^\d+ callbacks?:/).waitFor();
    await page.getByRole('button', { name: 'Discard all' }).click();
    await confirm(page, 'Discard all');
    await page.getByText('You have no draft.').waitFor();
    expect(await rule('help')).not.toMatchObject({
      then: [{}, { params: { severity: 'critical' } }],
    });
  });

  test('14 tries a text at a time', async () => {
    const page = await open('try');
    await page.getByLabel('Text').fill('Arrêt');
    await page.getByLabel('Channel').selectOption('WHATSAPP');
    await page.getByLabel('Sender').fill('33612345678');
    await page.getByLabel('Time').fill('2026-12-24T23:00');
    const results = page.getByRole('list', { name: 'Results' });
    await results
      .getByRole('listitem')
      .filter({ hasText: /^stop fired/ })
      .waitFor();
    await page.getByLabel('Text').fill('Thank you');
    await results
      .getByRole('listitem')
      .filter({ hasText: /^stop did not fire/ })
      .waitFor();
  });

  test('15 shares a new list between two rules', async () => {
    const page = await open('lists');
    await page.getByRole('button', { name: 'New list' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('vip-apps');
    await confirm(page, 'New list');
    await page.getByLabel('Why').fill('The apps of the largest customers.');
    await page.getByLabel('New word').fill('01JSIGNALBOXEXAMPLEAPP0001');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    for (const name of ['help', 'content-refused']) {
      await page.getByRole('navigation').getByRole('link', { name: 'Rules', exact: true }).click();
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('link', { name: 'Edit', exact: true }).click();
      const group = form(page, 'Group').first();
      await group.getByRole('button', { name: 'Add condition' }).last().click();
      const added = form(page, 'channel').last();
      await added.getByLabel('Fact').selectOption('app_id');
      const compared = form(page, 'app').last();
      await compared.getByLabel('Operator').selectOption('in');
      await compared.getByLabel('Compared with').selectOption('list');
      await compared.getByLabel('List', { exact: true }).selectOption('vip-apps');
      await page
        .getByRole('region', { name: 'Sentence' })
        .getByText(/vip-apps/)
        .waitFor();
    }
    await page.getByRole('navigation').getByRole('link', { name: 'Lists', exact: true }).click();
    await page.getByRole('link', { name: 'vip-apps', exact: true }).click();
    await page.getByText('Used by').waitFor();
    await page.getByRole('link', { name: 'content-refused', exact: true }).waitFor();
    await page.getByRole('link', { name: 'help', exact: true }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Discard all' }).click();
    await confirm(page, 'Discard all');
  });

  test('16, 17 and 18 limit a rule to one app, let it end, and put it in shadow', async () => {
    const page = await edit('help');
    await form(page, 'Group').first().getByRole('button', { name: 'Add condition' }).last().click();
    await form(page, 'channel').last().getByLabel('Fact').selectOption('app_id');
    const compared = form(page, 'app').last();
    await compared.getByLabel('Operator').selectOption('equal');
    await compared.getByLabel('Value').fill('01JSIGNALBOXEXAMPLEAPP0001');
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Expires').fill('2027-01-31T18:00:00Z');
    await page.getByLabel(/^Shadow/).check();
    const sentence = page.getByRole('region', { name: 'Sentence' });
    await sentence.getByText(/its app is 01JSIGNALBOXEXAMPLEAPP0001/).waitFor();
    await sentence.getByText(/In shadow.*Until 2027-01-31 18:00 UTC/).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Discard all' }).click();
    await confirm(page, 'Discard all');
  });

  test('19 tells a story', async () => {
    const page = await open('publish');
    await page.getByText('Stories, guardrails and shared conditions').click();
    await page.getByRole('button', { name: 'New story' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('stop-is-heard');
    await confirm(page, 'New story');
    await page.getByText('The story comes out as it says, in 1 steps.').waitFor();
    await publish(page, 'A story of STOP');
    const { rulebook, files } = await inForce();
    expect(Object.keys(rulebook.stories)).toContain('tests/stop-is-heard.json');
    expect(files['tests/stop-is-heard.json']).toContain('"sample": "stop"');
  });

  test('21 answers in office hours only', async () => {
    const page = await edit('help');
    await form(page, 'Group').first().getByRole('button', { name: 'Add condition' }).last().click();
    await form(page, 'channel').last().getByLabel('Fact').selectOption('event_time');
    const hours = form(page, 'time of the event').last();
    await hours.getByLabel('Operator').selectOption('withinHours');
    await page
      .getByRole('region', { name: 'Sentence' })
      .getByText(/Europe\/Stockholm/)
      .waitFor();
    await form(page, 'reply').getByLabel('text').fill('We answer from nine to five.');
    await page.getByRole('tab', { name: 'Sentence' }).click();
    await page.getByText('We answer from nine to five.').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await confirm(page, 'Discard');
  });

  test('keeps a missed text as an example, corrects the rule, publishes and proves it', async () => {
    const page = await open('try');
    await page.getByLabel('Text').fill('Bitte aufhören');
    const results = page.getByRole('list', { name: 'Results' });
    await results
      .getByRole('listitem')
      .filter({ hasText: /^stop did not fire/ })
      .waitFor();
    await page.getByRole('button', { name: 'Keep as example' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Of rule').selectOption('stop');
    await dialog.getByLabel('Name').fill('a German sentence');
    await dialog.getByLabel('The rule must fire').check();
    await confirm(page, 'Keep as example');
    await page.getByRole('navigation').getByRole('link', { name: 'Lists', exact: true }).click();
    await page.getByRole('link', { name: 'German' }).click();
    await page.getByLabel('New word').fill('BITTE AUFHÖREN');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await publish(page, 'A customer was not heard');
    await send(inbound('Bitte aufhören', '12025550199'));
    const person = await ask<{ suppressed: boolean }>('/v1/recipients/SMS/12025550199');
    expect(person.suppressed).toBe(true);
    const { examples } = (await rule('stop')) as { examples: { name: string }[] };
    expect(examples.map(({ name }) => name)).toContain('a German sentence');
  });
});

test('a sample is tried as it comes with Signalbox', async () => {
  expect(sampleBody('stop')).toBeDefined();
  const page = await open('try?sample=whatsapp-quality-red');
  const results = page.getByRole('list', { name: 'Results' });
  await results
    .getByRole('listitem')
    .filter({ hasText: /^whatsapp-quality-red fired/ })
    .waitFor();
});
