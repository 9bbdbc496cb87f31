import { alerts, folder, inbound, openShell, stopRule as unproven } from './shell.ts';

export const stopRule = {
  ...unproven,
  examples: [
    { name: 'stop', callback: inbound('stop'), fires: true },
    { name: 'hello', callback: inbound('hello'), fires: false },
  ],
};

export const pretty = (value: object): string => JSON.stringify(value, null, 2);
export const rules = (file: string) => ({ 'rules/alerts.json': alerts, 'rules/stop.json': file });

/** Checks a folder that holds this one rule, written so. */
export async function check(rule: string, ...words: string[]) {
  const shell = openShell({ home: folder(rules(rule)) });
  const code = await shell.run('check', ...words);
  return { code, ...shell };
}
