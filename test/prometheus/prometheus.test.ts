import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { copyProject } from '../prove/project-copy.ts';
import { PROJECT } from '../setup/home.ts';
import { execute, freePorts, type Running, run, scratch } from '../setup/running.ts';

const TOKEN = 'local-api-token';
const folder = scratch();
const ops = (name: string): string => join(PROJECT, 'ops', name);
const project = copyProject();
const main = join(project.root, 'src', 'cli', 'main.ts');

const Dashboard = v.looseObject({
  panels: v.array(
    v.looseObject({
      title: v.string(),
      targets: v.optional(v.array(v.looseObject({ expr: v.string() })), []),
    }),
  ),
  annotations: v.looseObject({ list: v.array(v.looseObject({ expr: v.string() })) }),
});
const dashboard = v.parse(
  Dashboard,
  JSON.parse(readFileSync(ops('grafana-dashboard.json'), 'utf8')),
);
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '1m')] as const),
);

const Answer = v.looseObject({
  status: v.literal('success'),
  data: v.looseObject({ result: v.array(v.unknown()) }),
});

let worker: Running;
let prometheus: Running;
let workerUrl = '';
let prometheusUrl = '';

/** The number of series that a query returns. */
async function series(expr: string): Promise<number> {
  const query = new URLSearchParams({ query: expr });
  const response = await fetch(`${prometheusUrl}/api/v1/query?${query}`);
  return v.parse(Answer, await response.json()).data.result.length;
}

/** Traffic of every kind that a panel shows. */
async function traffic(): Promise<void> {
  const send = (...words: string[]) =>
    execute(process.execPath, [main, 'send', ...words, '--url', workerUrl]).catch(() => undefined);
  for (const sample of [
    'whatsapp-quality-red',
    'stop',
    'message-submit',
    'delivery-failed-transient',
  ])
    await send(sample, '--fresh');
  await send('stop', '--fresh', '--secret', 'wrong');
  const sinchUrl = workerUrl.replace(/\d+$/, (port) => String(Number(port) + 1));
  const grant = await fetch(`${sinchUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('local-key-id:local-key-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = v.parse(v.looseObject({ access_token: v.string() }), await grant.json());
  await fetch(`${workerUrl}/send/v1/projects/local-project/messages:send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      app_id: '01JB1JEWE77B1WMNG5RADAGJ9R',
      recipient: {
        identified_by: { channel_identities: [{ channel: 'SMS', identity: '46701740605' }] },
      },
      message: { text_message: { text: 'Your parcel is on its way.' } },
    }),
  });
}

beforeAll(async () => {
  const port = await freePorts();
  workerUrl = `http://127.0.0.1:${port}`;
  worker = await run(
    process.execPath,
    [main, 'start', '--port', String(port), '--state', join(folder.path, 'state')],
    project.root,
    (output) => output.includes('In a second terminal'),
  );
  const listen = await freePorts();
  prometheusUrl = `http://127.0.0.1:${listen}`;
  const config = join(folder.path, 'prometheus.yml');
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${ops('alert-rules.yml')}]
scrape_configs:
  - job_name: signalbox
    authorization: { credentials: ${TOKEN} }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`,
  );
  await execute('promtool', ['check', 'config', config]);
  prometheus = await run(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.path, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${listen}`,
    ],
    folder.path,
    async () => (await fetch(`${prometheusUrl}/-/ready`).catch(() => undefined))?.ok === true,
  );
}, 320_000);

afterAll(async () => {
  await prometheus?.stop();
  await worker?.stop();
  folder.remove();
  project.remove();
}, 60_000);

describe('Prometheus', () => {
  test('accepts the metrics, by its own linter', async () => {
    await traffic();
    const text = await (
      await fetch(`${workerUrl}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
    ).text();
    const file = join(folder.path, 'metrics.txt');
    writeFileSync(file, text);
    const { stdout, stderr } = await execute('bash', [
      '-c',
      'promtool check metrics <"$0" 2>&1',
      file,
    ]).catch((error: unknown) => Object(error));
    expect(`${stdout}${stderr}`).toBe('');
  });

  test('gets data for every panel of the dashboard from npm start', async () => {
    const empty = async (): Promise<readonly string[]> => {
      const counts = await Promise.all(
        queries.map(async ([title, expr]) => [title, expr, await series(expr)] as const),
      );
      return counts.filter(([, , n]) => n === 0).map(([title, expr]) => `${title}: ${expr}`);
    };
    let left: readonly string[] = [];
    await vi
      .waitUntil(
        async () => {
          await traffic();
          left = await empty();
          return left.length === 0;
        },
        { timeout: 120_000, interval: 1_000 },
      )
      .catch(() => undefined);
    expect(left).toEqual([]);
    expect(queries.length).toBeGreaterThan(30);
  }, 200_000);

  test('counts what was sent: rate() and increase() work', async () => {
    const growing = [
      'sum(signalbox_callbacks_total{outcome="fired",trigger="CHANNEL_EVENT"}) > 0',
      'sum(increase(signalbox_callbacks_total[1m])) > 0',
      'sum(increase(signalbox_callbacks_refused_total{code="signature_mismatch"}[1m])) > 0',
    ];
    const found = () => Promise.all(growing.map(series));
    // Counts are written in batches, so an increase may show some scrapes later.
    await vi
      .waitUntil(
        async () => {
          await traffic();
          return (await found()).every((count) => count === 1);
        },
        { timeout: 120_000, interval: 1_000 },
      )
      .catch(() => undefined);
    expect(await found()).toEqual([1, 1, 1]);
  }, 200_000);

  test('loads the alert rules, and every runbook link leads to a symptom of the docs', async () => {
    await execute('promtool', ['check', 'rules', ops('alert-rules.yml')]);
    const Rules = v.looseObject({
      data: v.looseObject({
        groups: v.array(
          v.looseObject({
            rules: v.array(
              v.looseObject({ health: v.string(), lastError: v.optional(v.string()) }),
            ),
          }),
        ),
      }),
    });
    await vi.waitUntil(
      async () => {
        const answer = await (await fetch(`${prometheusUrl}/api/v1/rules`)).json();
        const rules = v.parse(Rules, answer).data.groups.flatMap((group) => group.rules);
        return rules.length === 14 && rules.every(({ health }) => health === 'ok');
      },
      { timeout: 60_000, interval: 500 },
    );
  }, 90_000);
});
