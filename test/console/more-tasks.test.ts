import { describe, expect, test } from 'vitest';
import { sampleBody } from '../../src/samples/samples.ts';
import { confirm, edit, form, inForce, publish, restore, rule } from './authoring.ts';
import { ask, inbound, open, send } from './page.ts';

describe('more tasks of a rule author', () => {
  test('13 sees what a change would have done, and publishes it', async () => {
    const before = (await inForce()).version;
    const page = await edit('help');
    await form(page, 'alert').getByLabel('severity').selectOption('critical');
    await page.getByRole('navigation').getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'Run backtest' }).click();
    await page.getByRole('heading', { name: 'Suppressions' }).waitFor();
    await page.getByText(/^\d+ callbacks?:/).waitFor();
    await publish(page, 'HELP is told at once');
    const { then } = await rule('help');
    expect(then).toContainEqual(
      expect.objectContaining({
        action: 'alert',
        params: expect.objectContaining({ severity: 'critical' }),
      }),
    );
    await restore(before);
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
    const decided = await ask<{ fired: { rule: string }[] }>('/v1/dry-run', {
      method: 'POST',
      body: JSON.stringify({
        callback: inbound('Arrêt', '33612345678'),
        at: '2026-12-24T22:00:00Z',
      }),
    });
    expect(decided.fired.map(({ rule: name }) => name)).toContain('stop');
  });

  test('15 shares a new list between two rules', async () => {
    const before = (await inForce()).version;
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
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
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
    await publish(page, 'One list for both rules');
    for (const name of ['help', 'content-refused'])
      expect(JSON.stringify((await rule(name)).when)).toContain('{"list":"vip-apps"}');
    await restore(before);
  });

  test('16, 17 and 18 limit a rule to one app, let it end, and put it in shadow', async () => {
    const before = (await inForce()).version;
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
    await publish(page, 'Only one app, in shadow, until January');
    const published = await rule('help');
    expect(published).toMatchObject({ expires: '2027-01-31T18:00:00Z', mode: 'shadow' });
    expect(JSON.stringify(published.when)).toContain('"fact":"app_id"');
    await restore(before);
  });

  test('19 tells a story', async () => {
    const page = await open('publish');
    await page.getByText('Stories, guardrails and shared conditions').click();
    await page.getByRole('button', { name: 'New story' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('stop-is-heard');
    await confirm(page, 'New story');
    await page.getByText('The story comes out as it says, in 1 step.').waitFor();
    await publish(page, 'A story of STOP');
    const { rulebook, files } = await inForce();
    expect(Object.keys(rulebook.stories)).toContain('tests/stop-is-heard.json');
    expect(files['tests/stop-is-heard.json']).toContain('"sample": "stop"');
  });

  test('20 looks for an order number in JSON metadata', async () => {
    const before = (await inForce()).version;
    const page = await open('rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name').fill('large-order-failed');
    await page.getByLabel('Why').fill('Somebody calls the customer of a large order.');
    await page.getByLabel('When a callback comes of').selectOption('MESSAGE_DELIVERY');
    await page.getByLabel('whose').selectOption('metadata_json');
    await page.getByLabel('path', { exact: true }).fill('order.id');
    await page.getByLabel('value', { exact: true }).fill('X-7');
    await page.getByRole('button', { name: 'Create in the draft' }).click();
    await page.getByRole('heading', { level: 1, name: 'Edit large-order-failed' }).waitFor();
    await page
      .getByRole('region', { name: 'Sentence' })
      .getByText(/order\.id.*X-7/)
      .waitFor();
    await publish(page, 'Failures of a large order');
    expect(JSON.stringify((await rule('large-order-failed')).when)).toContain('"path":"order.id"');
    const report = (order: string) => ({
      app_id: '01JSIGNALBOXEXAMPLEAPP0001',
      message_metadata: JSON.stringify({ order: { id: order } }),
      message_delivery_report: {
        message_id: `01ORDER${order}${Date.now()}`,
        status: 'FAILED',
        channel_identity: { channel: 'SMS', identity: '12025550142', app_id: '' },
        reason: { code: 'UNKNOWN', description: '', sub_code: 'UNSPECIFIED_SUB_CODE' },
      },
    });
    for (const [order, fires] of [
      ['X-7', true],
      ['X-8', false],
    ] as const) {
      const decided = await ask<{ fired: { rule: string }[] }>('/v1/dry-run', {
        method: 'POST',
        body: JSON.stringify({ callback: report(order) }),
      });
      expect(decided.fired.some(({ rule: name }) => name === 'large-order-failed')).toBe(fires);
    }
    await restore(before);
  });

  test('21 answers in office hours only', async () => {
    const before = (await inForce()).version;
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
    await publish(page, 'Answers in office hours');
    const published = JSON.stringify(await rule('help'));
    expect(published).toContain('"operator":"withinHours"');
    expect(published).toContain('We answer from nine to five.');
    await restore(before);
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
    const words = page.getByRole('region', { name: 'stop-words by language', exact: true });
    await words.getByRole('link', { name: 'German' }).click();
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
