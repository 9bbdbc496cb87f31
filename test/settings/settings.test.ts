import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { settings } from '../../src/settings/index.ts';
import { missingSettingNames, readSettings } from '../../src/settings/settings.ts';

const NEEDED = {
  WEBHOOK_SECRETS: 's',
  API_TOKEN: 't',
  DATA_KEY: 'k'.repeat(32),
  SINCH_PROJECT_ID: 'p',
  SINCH_KEY_ID: 'i',
  SINCH_KEY_SECRET: 'x',
};

describe('readSettings', () => {
  test('is content with what is needed, and has a default for the rest', () => {
    expect(readSettings({ ...NEEDED })).toMatchObject({
      missing: [],
      signatureMaxAge: 86_400_000,
      maxRetryDelay: 43_200_000,
      consentChannelGroups: { MMS: 'SMS' },
      sinch: { apiUrl: 'https://eu.conversation.api.sinch.com', authUrl: 'https://auth.sinch.com' },
    });
  });

  test('names what is missing also where another setting is invalid', () => {
    const { DATA_KEY: _, ...rest } = NEEDED;
    const env = { ...rest, MAX_RETRY_DELAY: 'soon' };
    expect(() => readSettings(env)).toThrow('setting MAX_RETRY_DELAY: ');
    expect(missingSettingNames(env)).toEqual(['DATA_KEY']);
  });

  test.each(Object.keys(NEEDED))('names %s when it is missing, empty or blank', (name) => {
    const { [name]: _, ...rest } = { ...NEEDED } as Record<string, string>; // indexed by its own keys
    expect(readSettings(rest).missing).toEqual([name]);
    for (const blank of ['', ' \n'])
      expect(readSettings({ ...NEEDED, [name]: blank }).missing).toEqual([name]);
  });

  test.each([
    ['DATA_KEY', 'too-short-and-secret'],
    ['DATA_KEYS', 'a-secret-that-is-no-list-a-secret-that-is-no-list'],
    ['DATA_KEYS', '[]'],
    ['DATA_KEYS', '["too-short-and-secret"]'],
    ['DATA_KEYS', JSON.stringify(['secret'.repeat(6), 'secret'.repeat(6)])],
    ['SIGNATURE_MAX_AGE', 'a day and secret'],
    ['SINCH_REGION', 'mars-and-secret'],
    ['JURISDICTION', 'moon-and-secret'],
    ['CONSENT_CHANNEL_GROUPS', 'SMS,sms-and-secret'],
    ['CONSENT_CHANNEL_GROUPS', 'SMS;MMS;secret'],
    ['CONSENT_CHANNEL_GROUPS', 'SMS,MESSENGER'],
  ])('refuses a wrong %s, naming it and not its value', (name, value) => {
    const read = () => readSettings({ ...NEEDED, [name]: value });
    expect(read).toThrow(AppError);
    expect(read).toThrow(name);
    expect(read).not.toThrow(/secret/);
  });

  test.each(
    settings.flatMap((setting) => ('example' in setting ? [[setting.name, setting.example]] : [])),
  )('refuses %s of .dev.vars.example in a deployment, and not in a local start', (name, value) => {
    const env = { ...NEEDED, [name]: value };
    const read = () => readSettings(env);
    expect(read).toThrow(/^setting \w+: is a secret of \.dev\.vars\.example/);
    expect(read).toThrow(name);
    expect(readSettings({ ...env, EXAMPLE_SECRETS: 'allow' }).missing).toEqual([]);
  });

  test('refuses an example secret in a list of secrets', () => {
    const lists = JSON.stringify({ '*': ['mine', 'local-webhook-secret'] });
    expect(() => readSettings({ ...NEEDED, WEBHOOK_SECRETS: lists })).toThrow('WEBHOOK_SECRETS');
  });

  test('links the channels that are named, or none', () => {
    expect(
      readSettings({ ...NEEDED, CONSENT_CHANNEL_GROUPS: 'SMS, MMS,WHATSAPP' }).consentChannelGroups,
    ).toEqual({
      MMS: 'SMS',
      WHATSAPP: 'SMS',
    });
    expect(readSettings({ ...NEEDED, CONSENT_CHANNEL_GROUPS: '' }).consentChannelGroups).toEqual(
      {},
    );
  });

  test.each([
    ['us', 'https://us.conversation.api.sinch.com'],
    ['br', 'https://br.conversation.api.sinch.com'],
  ])('knows where region %s is', (SINCH_REGION, apiUrl) => {
    expect(readSettings({ ...NEEDED, SINCH_REGION }).sinch).toMatchObject({ apiUrl });
  });

  test('gives DEST_ secrets to destinations, and no other', () => {
    const { destination } = readSettings({ ...NEEDED, DEST_OPS: 'https://ops.example' });
    expect(destination('DEST_OPS')).toBe('https://ops.example');
    expect([destination('API_TOKEN'), destination('DATA_KEY'), destination('DEST_NONE')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('never waits longer than a queue can', () => {
    expect(readSettings({ ...NEEDED, MAX_RETRY_DELAY: '3d' }).maxRetryDelay).toBe(43_200_000);
  });

  test('accepts API_TOKENS in place of API_TOKEN', () => {
    const { API_TOKEN: _, ...rest } = NEEDED;
    expect(readSettings({ ...rest, API_TOKENS: '{}' }).missing).toEqual([]);
  });
});

describe('the definitions', () => {
  const names = settings.map(({ name }) => name);

  test('name each setting once, and explain it', () => {
    expect(names).toEqual([...new Set(names)]);
    for (const { name, summary } of settings) {
      expect(name).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(summary).toMatch(/\.$/);
    }
  });

  test('require what the tests above give', () =>
    expect(settings.flatMap((setting) => ('required' in setting ? setting.name : []))).toEqual(
      Object.keys(NEEDED),
    ));

  test('have defaults that their own schema reads', () =>
    expect(() => readSettings({})).not.toThrow());

  test('cover .dev.vars.example, which gives every required setting', () => {
    const lines = readFileSync('.dev.vars.example', 'utf8').split('\n');
    const given = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(given.filter((name) => !names.some((known) => known === name))).toEqual([]);
    expect(given).toEqual(expect.arrayContaining(Object.keys(NEEDED)));
    const examples = settings.flatMap((setting) =>
      'example' in setting ? [`${setting.name}=${setting.example}`] : [],
    );
    expect(lines).toEqual(expect.arrayContaining(examples));
    const secret = settings.filter((one) => one.secret && given.includes(one.name));
    expect(secret.every((setting) => 'example' in setting)).toBe(true);
  });
});
