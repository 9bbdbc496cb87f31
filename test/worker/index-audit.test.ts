import { reset } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readCallback } from '../../src/callbacks/callback.ts';
import { auditSieve } from '../../src/pipeline/audit.ts';
import { decide } from '../../src/rules/decide/decide.ts';
import { open } from '../../src/services.ts';
import { type Box, openBox } from './box.ts';
import { inbound, rating } from './sample.ts';

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
  const sieve = { ...rulebook.sieve, ...(candidates && { candidates: () => candidates }) };
  const decision = await decide({ ...rulebook, sieve }, callback, recall);
  return { passed: { callback, rulebook, decision, recall }, services };
}

describe('INDEX_AUDIT_RATE', () => {
  test('raises one critical alert where the sieve drops a rule that holds', async () => {
    const box = openBox({}, { INDEX_AUDIT_RATE: '1' });
    const { passed, services } = await decided(box, rating('RED'), []);
    await auditSieve(passed, services);
    await auditSieve(passed, services);
    expect(errors).toHaveBeenCalledWith(
      expect.objectContaining({
        event: 'sieve.wrong',
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
      expect.objectContaining({ event: expect.stringContaining('sieve') }),
    );
  });

  test('looks at the share of callbacks that it names, one in a thousand unless told otherwise', async () => {
    const { passed, services } = await decided(openBox(), rating('RED'), []);
    await auditSieve(passed, services, 0.001);
    expect(errors).not.toHaveBeenCalled();
    await auditSieve(passed, services, 0.0009);
    expect(errors).toHaveBeenCalledTimes(1);
    const off = await decided(openBox({}, { INDEX_AUDIT_RATE: '0' }), rating('RED'), []);
    await auditSieve(off.passed, off.services, 0);
    expect(errors).toHaveBeenCalledTimes(1);
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
    await auditSieve({ ...passed, recall, rulebook }, services);
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ event: 'sieve.not-audited' }));
  });
});
