import { describe, expect, test } from 'vitest';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

/** Three stops within a minute. */
const stops = {
  ...stopRule,
  name: 'stops-pile-up',
  threshold: { count: 3, within: '1m' },
  then: [{ action: 'alert', params: { severity: 'low', title: '{{count}} stops' } }],
};
const stopAt = (second: number, id = `message-${second}`) => {
  const time = new Date(Date.parse('2026-11-01T10:00:00Z') + second * 1000).toISOString();
  return {
    ...inbound('STOP'),
    accepted_time: time,
    event_time: time,
    message: { ...inbound('STOP').message, id },
  };
};
const lines = (...bodies: object[]) => bodies.map((body) => JSON.stringify(body)).join('\n');

async function firedBy(files: Record<string, object | string>, path: string): Promise<string[]> {
  const home = folder({ 'rules/alerts.json': alerts, 'rules/stops-pile-up.json': stops });
  const shell = openShell({ home, here: folder(files) });
  expect(await shell.run('replay', path, '--json')).toBe(0);
  return shell.out
    .map((line): { file: string; fired: { rule: string; actions: string[] }[] } => JSON.parse(line))
    .flatMap(({ file, fired }) =>
      fired.map(({ rule, actions }) => `${file} ${rule}: ${actions.join(', ')}`),
    );
}

describe('replay of rules with a threshold', () => {
  test('counts the lines of a file together, each callback once', async () => {
    const file = lines(stopAt(0), stopAt(10), stopAt(10), stopAt(5), stopAt(20), stopAt(30));
    expect(await firedBy({ 'week.ndjson': file }, 'week.ndjson')).toEqual([
      'week.ndjson:4 stops-pile-up: alert',
    ]);
  });

  test('lets the files of a folder stand alone', async () => {
    const files = {
      'in/1.json': stopAt(0),
      'in/2.json': stopAt(1),
      'in/3.json': stopAt(2),
      'in/4.json': stopAt(3),
    };
    expect(await firedBy(files, 'in')).toEqual([]);
    expect(
      await firedBy(
        { 'in/a.ndjson': lines(stopAt(0), stopAt(1)), 'in/b.ndjson': lines(stopAt(2), stopAt(3)) },
        'in',
      ),
    ).toEqual([]);
  });
});
