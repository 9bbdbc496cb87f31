import type { Words } from './proof-codes.ts';

/** Codes of findings about rules that are valid and cannot do what they seem to say. */
export const LOGIC_CODES = {
  'plain-address': {
    means:
      'An address or a key stands in a file in plain text. Everyone who reads the repository could use it.',
    cure: 'Write {"secret": "DEST_…"}, and store the value with `npx wrangler secret put DEST_…`.',
  },
  'wrong-case': {
    means:
      'The value differs from a known one only in upper and lower case. Values are compared exactly, so it never equals.',
    cure: 'Write it as Sinch does. `check --fix` does so.',
    refused: true,
  },
  'out-of-range': {
    means:
      'The fact is a count, a share or a length of time, and no value that it can have meets the comparison, or every value does.',
    cure: 'Correct the number: a count begins at 0, a share is written from 0 to 1. To ask whether the fact is known, use "present".',
  },
  repeated: {
    means:
      'A trigger, a value, a condition, an action or the name of an example stands twice in a rule.',
    cure: 'Remove it, or write what was meant: often one of the two was copied and not changed.',
    inert: true,
  },
  'not-filled': {
    means: 'A value contains {{…}}, which only the texts of actions fill in.',
    cure: 'Write the value itself.',
    ofCondition: true,
  },
  'list-name-as-text': {
    means: 'A value is the name of a list, without saying so: it is compared as a text.',
    cure: 'Write {"list": name}.',
    ofCondition: true,
  },
  'always-true': {
    means:
      'A part of the condition holds for every value of its fact: a value that is one thing is not the other, so one of two "not" always holds.',
    cure: 'Write "all" instead of "any", or one "notIn" with both values.',
    follows: 'condition',
  },
  'often-missing': {
    means:
      'The comparison says what a fact is not, and most callbacks lack the fact. A comparison with a missing fact never holds, so the rule does not fire for them.',
    cure: 'If a missing fact should count, write {"any": [{"fact": …, "operator": "missing"}, …]}. If not, add {"fact": …, "operator": "present"} to say so.',
  },
  'share-excludes': {
    means:
      'No callback that "when" counts is in the sample under "among", so the share is always 0 and the rule never fires.',
    cure: '"among" describes all callbacks, "when" the bad ones among them: remove from "among" what "when" tests.',
    follows: 'condition',
  },
  'share-is-all': {
    means:
      '"when" holds for every callback of the sample under "among", so the share is always 100 %.',
    cure: '"among" describes all callbacks, "when" the bad ones among them: remove from "among" what "when" tests.',
    follows: 'condition',
  },
  'group-too-small': {
    means:
      '"per" names a fact whose value is new in (nearly) every callback, so no group reaches the number.',
    cure: 'Group by what the callbacks have in common: "app_id", "channel", "identity".',
  },
  'ramp-below-limit': {
    means:
      'A step of "ramp" is not above the one before it. The ramp follows the limit and raises it step by step.',
    cure: 'Write the steps in growing order, all above "to".',
  },
  'times-contradict': {
    means: 'Two times of one rule or route contradict each other, so one of them has no effect.',
    cure: 'Correct the one that the finding names.',
  },
  'never-reached': {
    means: 'Every alert that the route matches is taken by a route before it.',
    cure: 'Move the narrower route up, or add "continue": true to the one before it.',
  },
  'action-does-not-suit': {
    means: 'The action has no meaning for the callbacks of the rule.',
    cure: 'Use one of the triggers that the finding names, or another action.',
  },
  'never-matches': {
    means: 'The pattern requires letters that the fact never has: it is folded to upper case.',
    cure: 'Write the pattern in upper case, or begin it with (?i).',
  },
  notation: {
    means:
      'The value is written in a notation that is not used here: /x/i, *x* or %x%. The signs would be taken literally, or have no effect.',
    cure: 'Write the word alone with "containsWord", or an RE2 pattern with "matches": (?i) ignores case.',
  },
  'several-in-one': {
    means: 'One value holds several, joined by commas, and is compared as one text.',
    cure: 'Write them as separate values: ["a", "b", "c"].',
  },
  'single-braces': {
    means: 'A text names a fact in a notation other than {{fact}}, so it is sent as it stands.',
    cure: 'Write two braces on each side: {{app_id}}.',
  },
  'no-blanks': {
    means:
      '"containsWord" looks for words between blanks. Chinese, Japanese and Thai are written without blanks, so it rarely finds anything there.',
    cure: 'Use "contains", which finds a part of a text, or "containsPhrase".',
  },
  'cooldown-alone': {
    means: '"cooldown" requires a "threshold".',
    cure: 'Add a threshold, or remove "cooldown".',
  },
  'too-many': {
    means: '"per" names too many facts.',
    cure: 'Remove some of them.',
  },
  'stop-with-threshold': {
    means: 'A rule with a threshold fires after all others, so it cannot stop them.',
    cure: 'Remove "stop" or the threshold.',
  },
  'empty-field': {
    means:
      'A text has a label or a bracket with nothing after it when a fact is missing: “Reason: .”.',
    cure: 'Put the label and the fact into double square brackets, a pair for each fact: [[Reason: {{news_reason}}.]]. The part is left out when the fact is missing.',
  },
  'repeats-param': {
    means:
      'A text repeats a rate of its rule, like "10 a minute", or states another limit than the rule sets. A change of the rate leaves the text behind.',
    cure: 'Refer to the param: {{params.to}} becomes "10 a minute", with the value that applies.',
  },
  'duplicate-rule': {
    means: 'Another rule fires for the same callbacks and does the same.',
    cure: 'Remove one of the two.',
    follows: 'condition',
  },
  'subsumed-rule': {
    means: 'Whenever the rule fires, another one fires too and does the same.',
    cure: 'Remove it, or give it another action.',
    follows: 'condition',
  },
} as const satisfies Readonly<Record<string, Words>>;
