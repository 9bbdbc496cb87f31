import { ExplainedDecision } from '../../api/decisions/decisions.ts';

import { explanationLines, ofRule } from '../output/explanation.ts';
import type { Shell } from '../shell.ts';
import { clock } from '../time.ts';
import { askWorker, queryOf, type WorkerAddress } from './ask-worker.ts';

/** Returns whether a text is a callback id, which `explain` takes instead of a file. */
export const isDecisionId = (text: string): boolean => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text);

/** A request to explain a past decision. */
interface Question extends WorkerAddress {
  readonly id: string;
  readonly rule?: string | undefined;
  readonly rulebook?: string | undefined;
  readonly json: boolean;
}

/** Prints the explanation of a past decision, as its Worker returns it. */
export async function explainDecision(
  { id, rule, rulebook, json, ...address }: Question,
  shell: Shell,
): Promise<void> {
  const decision = await askWorker(
    `/v1/decisions/${id}${queryOf({ rulebook })}`,
    ExplainedDecision,
    address,
    shell,
  );
  const explanation = ofRule(decision.explanation, rule);
  if (json) {
    shell.out(JSON.stringify({ ...decision, explanation }));
    return;
  }
  const { trigger, channel, received_at, explained_under, actions, notes, others } = decision;
  const named = Object.entries(decision.contact_ids ?? {});
  shell.out([trigger, channel, id].filter((word) => word !== null).join(' '));
  shell.out(
    `  received ${clock(received_at, shell.zone)}, explained under rulebook ${explained_under}`,
  );
  for (const [fact, ids] of named) shell.out(`  ${fact}: ${[ids].flat().join(', ')}`);
  for (const line of explanationLines(explanation)) shell.out(line);
  for (const { rule: by, action, outcome, detail } of actions) {
    if (rule === undefined || rule === by)
      shell.out(`  → ${by}: ${action} ${outcome}${detail ? `, ${detail}` : ''}`);
  }
  for (const note of notes) shell.out(`  Note: ${note}.`);
  for (const other of others) shell.out(`  Rulebook ${other} decided it too: --rulebook ${other}`);
}
