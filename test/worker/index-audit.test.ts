import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { auditIndex } from '../../src/pipeline/audit.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';
import { inbound, rating } from './sample.ts';
import { reset } from './storage.ts';

let errors: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  errors = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** What the audit is given of a callback, decided by a sieve that answers `candidates`. */
async function decided(box: Box, body: object, candidates?: readonly number[]) {
  const services = open(box.bindings);
  const rulebook = await services.rulebook();
  const callback = await readCallback(new TextEncoder().encode(JSON.stringify(body)), Date.now());
  const recall = async () => undefined;
  const index = { ...rulebook.index, ...(candidates && { candidates: () => candidates }) };
  const decision = await decide({ ...rulebook, index }, callback, recall);
  return { passed: { callback, rulebook, decision, recall }, services };
}

describe('INDEX_AUDIT_RATE', () => {
  test('raises one critical alert where the sieve drops a rule that holds', async () => {
    const box = openBox({}, { INDEX_AUDIT_RATE: '1' });
    const { passed, services } = await decided(box, rating('RED'), []);
    await auditIndex(passed, services);
    await auditIndex(passed, services);
    expect(errors).toHaveBeenCalledWith(
      expect.objectContaining({
        event: 'index.wrong',
        dropped: ['whatsapp-quality-red'],
        added: [],
      }),
    );
    await box.drain(60);
    const alerts = await box.arrivals('alert');
    expect(alerts).toHaveLength(1);
    expect(JSON.stringify(alerts[0]?.body)).toContain('the rule index decides wrongly');
    expect(JSON.stringify(alerts[0]?.body)).toContain('whatsapp-quality-red');
    expect(alerts[0]?.body.severity).toBe('critical');
  });

  test('is silent over callbacks that go the whole way, and over those that no rule is about', async () => {
    const box = openBox({}, { INDEX_AUDIT_RATE: '1' });
    for (const body of [rating('RED'), inbound('STOP'), inbound('hello')]) await box.take(body);
    expect(errors).not.toHaveBeenCalledWith(
      expect.objectContaining({ event: expect.stringContaining('index') }),
    );
  });

  test.each([
    ['audits one callback in a thousand by default', undefined, 0.0009, 1],
    ['leaves out the other callbacks', undefined, 0.001, 0],
    ['audits none at a rate of 0', '0', 0, 0],
  ])('%s', async (_, rate, chance, audits) => {
    const box = openBox({}, rate === undefined ? {} : { INDEX_AUDIT_RATE: rate });
    const later: Promise<unknown>[] = [];
    const services = open(box.bindings, (work) => void later.push(work));
    const rulebook = await services.rulebook();
    const index = { ...rulebook.index, candidates: () => [] };
    const body = new TextEncoder().encode(JSON.stringify(rating('RED')));
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    await ingest(await readCallback(body, Date.now()), {
      ...services,
      rulebook: async () => ({ ...rulebook, index }),
    });
    await Promise.all(later);
    expect(errors).toHaveBeenCalledTimes(audits);
  });

  test('never fails a callback: an audit that cannot be made is logged', async () => {
    const { passed, services } = await decided(
      openBox({}, { INDEX_AUDIT_RATE: '1' }),
      rating('RED'),
    );
    const recall = async () => {
      throw new Error('no answer');
    };
    const rulebook = { ...passed.rulebook, rules: undefined as never };
    await auditIndex({ ...passed, recall, rulebook }, services);
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ event: 'index.audit-failed' }));
  });
});
