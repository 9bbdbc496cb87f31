import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { namedBy, refuse } from '../../src/pipeline/refuse.ts';
import { alertUnreadable } from '../../src/pipeline/unreadable-alert.ts';
import type { Services } from '../../src/work/services.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('an unverified body', () => {
  test.each([
    ['{"app_id":"A","project_id":"P"}', { appId: 'A', projectId: 'P' }],
    ['{"app_id":7}', { appId: '', projectId: '' }],
    ['["app_id"]', { appId: '', projectId: '' }],
    ['null', { appId: '', projectId: '' }],
    ['{', { appId: '', projectId: '' }],
  ])('%s names %j', (body, named) => {
    expect(namedBy(bytes(body))).toEqual(named);
  });

  test.each([
    ['A', 'A'],
    ['B', 'other'],
    ['*', 'other'],
    ['', 'other'],
  ])('of app "%s" is counted as %s', async (app, label) => {
    const count = vi.fn();
    // A refusal uses the counter of refusals, this metric and this setting.
    const services = {
      ...{ now: () => 0, metrics: { count }, settings: { sinchProjectId: 'P' } },
      objects: { refusals: { refuse: async () => false } },
    } as unknown as Services;
    const error = new AppError('signature_mismatch', 'no secret verifies it');
    const secrets = new Map([...['A', '*'].map((one) => [one, []] as const)]);
    const body = bytes(JSON.stringify({ app_id: app, project_id: 'P' }));
    expect(await refuse(error, body, secrets, services)).toBe(error);
    expect(count).toHaveBeenCalledWith(expect.anything(), { code: error.code, app: label });
  });
});

describe('an unreadable body', () => {
  const NOW = Date.parse('2026-11-24T11:00:00Z');
  const servicesWith = (sendBatch: () => Promise<void>) =>
    // An alert uses the clock, the queue and this setting.
    ({
      now: () => NOW,
      effects: { sendBatch },
      settings: { maxRetryDelay: 1_000 },
    }) as unknown as Services;

  test('raises one alert a day for each code', async () => {
    const sendBatch = vi.fn(async () => {});
    const services = servicesWith(sendBatch);
    const unreadable = new AppError('callback_not_object', 'it is no object');
    await alertUnreadable(unreadable, () => services);
    await alertUnreadable(unreadable, () => services);
    expect(sendBatch).toHaveBeenCalledTimes(1);
    await alertUnreadable(new TypeError('a part of the body'), () => services);
    expect(sendBatch).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(sendBatch.mock.calls)).not.toContain('a part of the body');
  });

  test('whose alert cannot be queued is logged, and the alert is tried again with the next one', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    const sendBatch = vi.fn(async (): Promise<void> => {
      throw new Error('the queue is away');
    });
    const services = servicesWith(sendBatch);
    const unreadable = new AppError('callback_not_object', 'it is no object');
    await alertUnreadable(unreadable, () => services);
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({ event: 'quarantine.not-reported', message: 'the queue is away' }),
    );
    sendBatch.mockImplementation(async () => {});
    await alertUnreadable(unreadable, () => services);
    await alertUnreadable(unreadable, () => services);
    expect(sendBatch).toHaveBeenCalledTimes(2);
    error.mockRestore();
  });
});
