import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alerts, folder, openShell } from '../cli/shell.ts';
import { type RunningWorker, startWorker } from '../clients/running-worker.ts';
import { eventually } from '../setup/eventually.ts';
import { appOf, type Case, cases, inputOf, personOf } from './case-files.ts';
import { openCaseWorker } from './case-worker.ts';

/** Runs the cases from public bug reports by a Worker that runs as `npm start` runs it, with the rules that ship. */
const found = cases();
if (found.length === 0) console.log('no ../shared/cases: cases of bug reports are not run');

let running: RunningWorker;
let worker: ReturnType<typeof openCaseWorker>;
const ID = 'US.13491208655302741918';

/** The alert of a case arrives behind a queue: it is asked for so often (ms). */
const ARRIVES = 500;

interface Input {
  readonly number: number;
  readonly path: string;
  /** The input, with a person and an app of its own. */
  readonly text: string;
  readonly person: string;
  readonly app: string;
}

const asked = ({ person, app }: Input, content: string, channel = 'WHATSAPP') => ({
  ...{ channel, identity: person, app_id: app, content },
});
/** The restriction of case 13, of the app of another case. */
function restrictionOf(app: string): string {
  const restricting = found.find(({ number }) => number === 13);
  if (!restricting) throw new Error('there is no case 13');
  return inputOf(restricting, Date.now()).replaceAll(appOf(13), app);
}

const sent = async (text: string) => {
  const { trigger, ...fired } = await worker.send(text);
  return { trigger, fired };
};
const alerted = (about: string, severity: string, words = '') =>
  eventually(async () => {
    const alerts = await worker.alerts(about);
    expect(
      alerts.filter((one) => one.startsWith(`${severity}: `) && one.includes(words)),
    ).not.toEqual([]);
  }, ARRIVES);
/** Writes rules and checks them; returns each finding with its remedy. */
async function checked(name: string, text: string): Promise<string> {
  const here = folder({ [`rules/${name}.json`]: text, 'rules/alerts.json': alerts });
  const { run, out, err } = openShell({ here });
  expect(await run('check', '--rules', 'rules')).toBe(1);
  return [...out, ...err].join('\n');
}
const forwarded = { 'unsupported-forwarded': ['forward'] };

/** What each case does, and what must be seen. */
const RUNS: Readonly<Record<number, (input: Input) => Promise<void>>> = {
  async 1({ text, app }) {
    expect((await sent(text)).fired).toMatchObject({ 'number-restricted': ['throttle', 'alert'] });
    expect(await worker.throttle(app)).toMatchObject({ to: '0' });
    await alerted(app, 'critical');
  },
  async 2(input) {
    const fired = { ...forwarded, 'whatsapp-preference-stop': ['suppress'] };
    expect(await sent(input.text)).toEqual({ trigger: 'UNSUPPORTED', fired });
    expect(await worker.maySend(asked(input, 'marketing'), asked(input, 'notification'))).toEqual([
      ['opted_out_marketing'],
      true,
    ]);
  },
  async 3(input) {
    expect((await sent(input.text)).fired).toEqual({ 'stop-marketing': ['suppress'] });
    expect(await worker.maySend(asked(input, 'marketing'), asked(input, 'notification'))).toEqual([
      ['opted_out_marketing'],
      true,
    ]);
  },
  async 4({ text, app, person }) {
    expect((await sent(text)).fired).toEqual({ 'account-locked': ['alert'] });
    await alerted(app, 'critical');
    expect(await worker.sent(person)).toBe(0);
  },
  async 5({ text }) {
    expect((await sent(text)).fired).toEqual({ 'content-refused': ['alert'] });
  },
  async 6({ text }) {
    expect((await sent(text)).fired).toEqual({ 'permanent-failure': ['ignore'] });
  },
  async 7(input) {
    const { recipients } = JSON.parse(input.text).body;
    expect(await worker.maySend(...recipients)).toEqual([true]);
    await sent(wroteStop(ID, input.app));
    expect(await worker.recipient('WHATSAPP', ID)).toMatchObject({ suppressed: true });
    const other = { ...recipients[0], identity: `${ID}A` };
    expect(await worker.maySend(...recipients, other)).toEqual([['opted_out'], true]);
    expect((await worker.gateway(message(input.app, 'WHATSAPP', ID))).status).toBe(403);
    expect((await worker.gateway(message(input.app, 'WHATSAPP', `${ID}A`))).status).toBe(200);
    expect(await worker.sent(`${ID}A`)).toBe(1);
  },
  async 8({ text }) {
    const { recipients } = JSON.parse(text).body;
    const [id, number] = recipients;
    const unreadable = { ...id, identity: 'US.' };
    const unknown = { ...id, channel: 'FAX' };
    const answers = await worker.maySend(unreadable, number, unknown, { ...id, identity: 'IN.7Z' });
    expect(answers).toEqual([['identity_invalid'], true, ['channel_unknown'], true]);
  },
  async 9({ text }) {
    for (const line of text.trim().split('\n')) await sent(line);
    const [brandA, brandB] = text.match(/01CASEBRAND[A-Z0-9]+/g) ?? [];
    const ask = (app_id: string) => ({
      ...{ channel: 'SMS', identity: '12025550148', app_id, content: 'marketing' },
    });
    const apps = [...new Set(text.match(/01CASEBRAND[A-Z0-9]+/g) ?? [])];
    expect([brandA, brandB]).not.toContain(undefined);
    expect(await worker.maySend(...apps.map(ask))).toEqual([['opted_out'], true]);
  },
  async 10({ text, person }) {
    expect((await sent(text)).fired).toEqual({});
    expect(await worker.recipient('WHATSAPP', person)).toMatchObject({ suppressed: false });
  },
  async 11({ text, app }) {
    await sent(restrictionOf(app));
    expect((await sent(text)).fired).toEqual({ 'channel-event-to-look-at': ['alert'] });
    expect(await worker.throttle(app)).toMatchObject({ to: '0' });
  },
  async 12({ text, app }) {
    expect((await sent(text)).fired).toEqual({ 'template-stopped': ['alert'] });
    await alerted(app, 'high', 'promo');
    expect(await worker.throttle(app)).toBeNull();
  },
  async 13({ text, app }) {
    await sent(text);
    const [, until] = /expiration\\":(\d+)/.exec(text) ?? [];
    const end = new Date(Number(until) * 1_000).toISOString();
    expect(await worker.throttle(app)).toMatchObject({ to: '0', until: end });
  },
  async 14({ text, app }) {
    const fired = { ...forwarded, 'limit-lowered': ['alert'] };
    expect((await sent(text)).fired).toEqual(fired);
    await alerted(app, 'high', 'TIER_50');
  },
  async 15({ text, app }) {
    const fired = { ...forwarded, 'template-category-changed': ['alert'] };
    expect((await sent(text)).fired).toEqual(fired);
    await alerted(app, 'high', 'order_update');
  },
  async 16({ text }) {
    const fired = { ...forwarded, 'template-stopped': ['alert'] };
    expect((await sent(text)).fired).toEqual(fired);
  },
  17: nearMiss,
  18: nearMiss,
  19: nearMiss,
  async 20(input) {
    expect((await sent(input.text)).fired).toEqual({});
    expect(await worker.maySend(asked(input, 'marketing', 'SMS'))).toEqual([true]);
  },
  async 21(input) {
    expect((await sent(input.text)).fired).toEqual({ stop: ['suppress'] });
    expect(await worker.maySend(asked(input, 'notification', 'SMS'))).toEqual([['opted_out']]);
  },
  async 22({ text }) {
    expect((await sent(text)).fired).toEqual({ stop: ['suppress'] });
    const person = { channel: 'VIBERBM', identity: '447700900123', app_id: appOf(22) };
    expect(await worker.maySend({ ...person, content: 'other' })).toEqual([['opted_out']]);
  },
  async 23({ text }) {
    const { message: first, ...rest } = JSON.parse(text);
    for (let turn = 0; turn < 30; turn++)
      await sent(JSON.stringify({ ...rest, message: { ...first, id: `${first.id}-${turn}` } }));
    await eventually(async () => {
      expect(await worker.alerts('No more answers')).toHaveLength(1);
    }, ARRIVES);
    expect(await worker.sent('12025550149')).toBe(3);
  },
  async 24({ text }) {
    const here = folder({ 'people.csv': text });
    const env = { SIGNALBOX_URL: running.url, SIGNALBOX_TOKEN: running.apiToken };
    const { run, out, err } = openShell({ here, env });
    const reason = ['--reason', 'moved from another system'];
    expect(await run('recipients', 'import', 'people.csv', '--apply', ...reason)).toBe(1);
    expect(out.join('\n')).toContain('1 cannot be read (50 %)');
    expect(err.join('\n')).toContain('Nothing was changed: 50 % of the lines cannot be read');
    expect(await worker.recipient('SMS', '2025550145')).toMatchObject({ suppressed: false });
  },
  async 25(input) {
    const { headers, body } = JSON.parse(input.text);
    const answers = [await worker.gateway(body, headers), await worker.gateway(body, headers)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()));
    expect(other).toBe(one);
    expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
    expect(await worker.sent(input.person)).toBe(1);
  },
  async 26({ text }) {
    expect((await sent(text)).fired).toEqual({ stop: ['suppress'] });
    expect(await worker.recipient('SMS', '12025550150')).toMatchObject({ suppressed: true });
  },
  async 27({ text }) {
    expect(await sent(text)).toEqual({ trigger: 'MESSAGE_INBOUND', fired: { stop: ['suppress'] } });
    expect(await worker.recipient('SMS', '12025550151')).toMatchObject({ suppressed: true });
  },
  async 28({ text }) {
    const said = await checked('engine-own-rule-form', text);
    expect(said).toMatch(/"conditions".*"when"/);
    expect(said).toMatch(/"event".*"then"/);
  },
  async 29({ text }) {
    expect(await checked('null-value', text)).toMatch(/"operator": "missing"/);
  },
};

const message = (app_id: string, channel: string, identity: string) => ({
  app_id,
  recipient: { identified_by: { channel_identities: [{ channel, identity }] } },
  message: { text_message: { text: 'Hello' } },
  message_content_type: 'CONTENT_NOTIFICATION',
});
const wroteStop = (identity: string, app_id: string): string =>
  JSON.stringify({
    app_id,
    event_time: new Date().toISOString(),
    message: {
      id: `01CASEID-${identity}`,
      direction: 'TO_APP',
      contact_message: { text_message: { text: 'STOP' } },
      channel_identity: { channel: 'WHATSAPP', identity, app_id: '' },
    },
  });

async function nearMiss(input: Input): Promise<void> {
  expect((await sent(input.text)).fired).toEqual({ 'stop-near-miss': ['review', 'alert'] });
  const [marketing, other] = ['marketing', 'other'].map((content) => asked(input, content, 'SMS'));
  if (marketing && other)
    expect(await worker.maySend(marketing, other)).toEqual([['review_open'], true]);
}

describe.skipIf(found.length === 0)('of what bug reports tell', () => {
  beforeAll(async () => {
    running = await startWorker();
    worker = openCaseWorker(running);
  }, 300_000);
  afterAll(() => running?.stop());

  test('each case has a run', () => {
    expect(found.map(({ number }) => number)).toEqual(Object.keys(RUNS).map(Number));
  });

  test.each(found)('$name: $expected', async (one: Case) => {
    const { number, path } = one;
    const text = inputOf(one, Date.now());
    await RUNS[number]?.({ number, path, text, person: personOf(number), app: appOf(number) });
  }, 300_000);
});
