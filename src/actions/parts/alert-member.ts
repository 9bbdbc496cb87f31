import type { Severity } from '../../rules/model/values.ts';
import type { Effect, Subject } from '../../work/effect.ts';
import type { NewAlert } from '../action.ts';

/** The alert as a member of its group. */
export function memberOf(
  params: {
    readonly severity: Severity;
    readonly title: string;
    readonly text: string;
    readonly about?: string | undefined;
    readonly to?: string | undefined;
  },
  { rule, facts }: Pick<Effect, 'rule' | 'facts'>,
  { appId, channel = '', callbackId }: Pick<Subject, 'appId' | 'channel' | 'callbackId'>,
): NewAlert['member'] {
  const { name, owner, why, sentence = '', nextStep, labels = {} } = rule;
  return {
    ...params,
    rule: name,
    owner,
    app_id: appId,
    channel,
    labels,
    sentence,
    why,
    nextStep,
    facts,
    callbackId,
  };
}
