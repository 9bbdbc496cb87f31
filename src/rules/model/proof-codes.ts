/** The description of a finding code, for `check --explain` and the reference. */
export interface Words {
  /** What it means. */
  readonly means: string;
  /** What to do about it. */
  readonly cure: string;
  /** The message of each finding says what to do: `expected "critical", "high" or "low"`. */
  readonly stated?: true;
  /**
   * Such a finding follows from another one of its rule and is folded under it: `condition` from one about the
   * condition, `logic` also from one that says what the condition amounts to, `examples` also from one about an example.
   */
  readonly follows?: 'condition' | 'logic' | 'examples';
  /** It is about what the condition lets through, although it stands at an action. */
  readonly ofCondition?: true;
  /** `check` reports it as an error. A rulebook that is active already keeps the rule: it never fires anyway. */
  readonly refused?: true;
  /** Nothing else follows from such a finding. */
  readonly inert?: true;
}

/** Codes of findings about examples and guardrails. */
export const PROOF_CODES = {
  'guardrail-broken': {
    means: 'The rules violate a guardrail.',
    cure: 'Correct the rules. Only the owner of a guardrail changes it.',
  },
  'example-failed': {
    means: 'An example of a rule does not have the expected result.',
    cure: 'Correct the rule or the example; the finding says why the rule fired or did not.',
    follows: 'logic',
  },
  'example-of-other-trigger': {
    means:
      'The callback of an example is of no trigger of its rule, so the rule cannot fire for it whatever it tests.',
    cure: 'Use a callback of one of the triggers under "on", as Sinch sends it: `send --list` names samples.',
    follows: 'logic',
  },
  'proves-little': {
    means:
      'No example that does not fire holds what the rule tests, so none shows where the rule draws the line.',
    cure: 'Copy the example that fires, change one tested value so that the rule no longer fires, and write "fires": false.',
    follows: 'examples',
  },
  'given-not-stored': {
    means:
      '"given" is for facts that Signalbox stores outside the callback, like "attempt". A fact that the callback carries comes from "callback", so that the example proves how Sinch’s field is read.',
    cure: 'Write the value into the callback, and remove it from "given".',
  },
  'unknown-path': {
    means:
      '"set" of a story names a field that its callback does not have, or "path" of a comparison one that Sinch does not send and that resembles one that it does.',
    cure: 'Correct the path: see the suggestion of the finding.',
  },
  'guardrail-empty': {
    means: 'A guardrail has no expectation, or no callback.',
    cure: 'Complete it.',
  },
} as const satisfies Readonly<Record<string, Words>>;
