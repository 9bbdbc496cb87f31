import type { Callback } from '../callbacks/callback.ts';
import { codeOf, messageOf } from '../errors.ts';
import { audit } from '../rules/decide/audit.ts';
import type { Decision, Recall } from '../rules/decide/decide.ts';
import type { Rulebook } from '../rules/model/compiled.ts';
import type { Services } from '../work/services.ts';
import { alertOperator } from './enqueue.ts';
import { fitSubject, subjectOf } from './queue-message.ts';

/**
 * Decides a callback again by json-rules-engine alone, without the rule index, and raises a critical alert when the result differs.
 * It changes nothing else: the callback has been decided, dispatched and answered. Setting `INDEX_AUDIT_RATE` is the share of callbacks that
 * are audited.
 */
export async function auditIndex(
  ingested: {
    readonly callback: Callback;
    readonly rulebook: Rulebook;
    readonly decision: Decision;
    readonly recall: Recall;
  },
  services: Services,
): Promise<void> {
  const { callback, rulebook, decision, recall } = ingested;
  try {
    const { dropped, added } = await audit(decision, rulebook, callback, recall, Math.random);
    if (dropped.length + added.length === 0) return;
    console.error({
      // @event index.wrong | The audit found a decision that differs from json-rules-engine. A
      //   critical alert is raised. Report it.
      event: 'index.wrong',
      callback: callback.id,
      rulebook: rulebook.version,
      dropped,
      added,
    });
    const text = [
      `json-rules-engine alone decides callback ${callback.id} under rulebook ${rulebook.version} differently.`,
      ...(dropped.length > 0 ? [`These rules hold and did not fire: ${dropped.join(', ')}.`] : []),
      ...(added.length > 0 ? [`These rules do not hold and fired: ${added.join(', ')}.`] : []),
      'This is a bug in Signalbox: report it with these rules. Redeliver the callback when it is fixed.',
    ].join(' ');
    await alertOperator(
      {
        title: 'the rule index decides wrongly',
        text,
        subject: fitSubject(subjectOf(callback)),
        severity: 'critical',
      },
      services,
    );
  } catch (error) {
    console.error({
      // @event index.audit-failed | An audit could not run for a callback.
      event: 'index.audit-failed',
      callback: callback.id,
      code: codeOf(error),
      message: messageOf(error),
    });
  }
}
