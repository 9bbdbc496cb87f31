import { describe, expect, test } from 'vitest';
import { confirm, edit, form, inForce, publish, rule } from './authoring.ts';
import { ask, inbound, open, send, until } from './page.ts';

describe('the tasks of a rule author', () => {
  test('1 changes the limit of RED from 10 to 20 a minute', async () => {
    const page = await edit('whatsapp-quality-red');
    await form(page, 'throttle').getByLabel('to', { exact: true }).fill('20/minute');
    await page.getByRole('region', { name: 'Sentence' }).getByText('20 a minute').waitFor();
    const shown = form(page, 'alert').getByRole('figure', { name: 'As it will look' });
    await shown.getByText('Marketing is limited to 20 a minute').waitFor();
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
    const page = await open('lists/help-words-en');
    await page.getByLabel('New word').fill('SUPPORT ME');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('list', { name: 'Changes' }).getByText('with SUPPORT ME').waitFor();
    await publish(page, 'Our own word for help');
    expect((await inForce()).rulebook.lists['lists/help-words-en.json']?.values).toContain(
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
});
