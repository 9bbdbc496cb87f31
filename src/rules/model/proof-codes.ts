/** The description of a finding code, for `check --explain` and the reference. */
export interface Words {
  /** What it means. */
  readonly means: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Codes of findings about examples and guardrails. */
export const PROOF_CODES = {
  'guardrail-broken': {
    means: 'The rules violate a guardrail.',
    cure: 'Correct the rules. Only the owner of a guardrail changes it.',
  },
  'example-failed': {
    means: 'An example of a rule does not have the expected result.',
    cure: 'Run `npm run -s signalbox -- test`: it says why. Correct the rule or the example.',
  },
  'guardrail-empty': {
    means: 'A guardrail has no expectation, or no callback.',
    cure: 'Complete it.',
  },
} as const satisfies Readonly<Record<string, Words>>;
