import { actionNamed } from '../actions/index.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import { AppError } from '../errors.ts';
import type { Effect } from '../work/effect.ts';
import type { Services } from '../work/services.ts';

/** Does a state action. @throws whatever stopped it */
export async function runState(
  { key, action, params, subject, rule, rulebook }: Effect,
  fact: (name: string) => FactValue,
  { objects }: Pick<Services, 'objects'>,
): Promise<void> {
  const run = actionNamed(action)?.run;
  if (!run) throw new AppError('action_impossible', `no state action is called "${action}"`);
  await run(params, { key, subject, rule: rule.name, rulebook, fact, objects });
}
