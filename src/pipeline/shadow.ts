import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { Rulebook } from '../rules/compile/compile.ts';
import { decide } from '../rules/decide/decide.ts';
import type { Services } from '../work/services.ts';

/**
 * Lets a rulebook that is tried in shadow decide beside the one in force. What it would have done is put on record under
 * its version, and nothing is done. Whatever goes wrong here never touches the callback.
 */
export async function decideInShadow(
  rulebook: Rulebook,
  callback: Callback,
  recalled: Readonly<Record<string, FactValue>>,
  { journal }: Pick<Services, 'journal'>,
): Promise<void> {
  try {
    const decision = await decide(rulebook, callback, async (name) => recalled[name]);
    journal.note({ callback, rulebook, decision, recalled, performed: [], shadow: true });
  } catch (error) {
    console.error({
      event: 'shadow.failed',
      id: callback.id,
      code: codeOf(error),
      message: messageOf(error),
    });
  }
}
