import { to } from '../state/router.ts';
import type { GuardrailShown, StoryShown, WholeCheck } from '../worker/protocol.ts';

/** How many breaches of a guardrail are shown. */
const BREACHES = 5;

/** What of a whole check did not pass. */
export function failuresOf(check: WholeCheck | undefined) {
  return {
    examples: check?.examples.filter(({ passed }) => !passed) ?? [],
    stories: check?.stories.filter(({ passed }) => !passed) ?? [],
    guardrails: check?.guardrails.filter(({ passed }) => !passed) ?? [],
  };
}

/** Stories and guardrails that did not pass, each with what went wrong and a link to its page. */
export const Broken = (props: {
  stories: readonly StoryShown[];
  guardrails: readonly GuardrailShown[];
}) => (
  <>
    {props.guardrails.map((guardrail) => (
      <div key={guardrail.guardrail} class="note bad">
        <p>
          The draft breaks the guardrail{' '}
          <a href={to('publish', 'guardrails', guardrail.guardrail)}>{guardrail.guardrail}</a>:
        </p>
        <Breaches of={guardrail} />
      </div>
    ))}
    {props.stories.map((story) => (
      <div key={story.story} class="note bad">
        <p>
          The story <a href={to('publish', 'tests', story.story)}>{story.story}</a> does not come
          out as it says:
        </p>
        <Faults of={story} />
      </div>
    ))}
  </>
);

/** What a draft does against a guardrail. */
export const Breaches = ({ of }: { of: GuardrailShown }) => (
  <ul>
    {of.breaches.slice(0, BREACHES).map((words) => (
      <li key={words} class="small verbatim">
        {words}
      </li>
    ))}
  </ul>
);

/** The steps of a story that came out otherwise. */
export const Faults = ({ of }: { of: StoryShown }) => (
  <ul>
    {of.failed.map(({ step, name, faults }) => (
      <li key={step} class="small verbatim">
        Step {step}, {name}:{' '}
        {faults.map(({ expected, got }) => `expected ${expected}, got ${got}`).join('; ')}
      </li>
    ))}
  </ul>
);
