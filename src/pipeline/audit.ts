import type { Callback } from '../callbacks/callback.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { Rulebook } from '../rules/compile/compile.ts';
import { audit } from '../rules/decide/audit.ts';
import type { Decision, Recall } from '../rules/decide/decide.ts';
import type { Services } from '../work/services.ts';
import { subjectOf } from './dispatch.ts';
import { enqueue } from './enqueue.ts';
import { fitSubject } from './message-size.ts';
import { notice } from './operator-alert.ts';

/**
 * Of the share of callbacks that `INDEX_AUDIT_RATE` names, decides one more time without the sieve, and raises a critical alert
 * where that says something else. Nothing else changes: the callback has been decided and performed.
 * @param chance a number from 0 up to, but not, 1
 */
export async function auditSieve(
  passed: {
    readonly callback: Callback;
    readonly rulebook: Rulebook;
    readonly decision: Decision;
    readonly recall: Recall;
  },
  services: Services,
  chance: number = Math.random(),
): Promise<void> {
  if (chance >= services.settings.indexAuditRate) return;
  const { callback, rulebook, decision, recall } = passed;
  try {
    const { dropped, added } = await audit(decision, rulebook, callback, recall);
    if (dropped.length + added.length === 0) return;
    console.error({
      event: 'sieve.wrong',
      callback: callback.id,
      rulebook: rulebook.version,
      dropped,
      added,
    });
    const text = [
      `Callback ${callback.id} under rulebook ${rulebook.version}, decided once more by json-rules-engine alone:`,
      ...(dropped.length > 0
        ? [`these rules hold and were passed over: ${dropped.join(', ')}.`]
        : []),
      ...(added.length > 0 ? [`these rules do not hold and were taken: ${added.join(', ')}.`] : []),
      'This is a bug in Signalbox: report it with these rules, and redeliver the callback once it is mended.',
    ].join(' ');
    await enqueue(
      [
        notice(
          'the rule index decides wrongly',
          text,
          fitSubject(subjectOf(callback)),
          services.now(),
          'critical',
        ),
      ],
      services,
    );
  } catch (error) {
    console.error({
      event: 'sieve.not-audited',
      callback: callback.id,
      code: codeOf(error),
      message: messageOf(error),
    });
  }
}
