import type { ComponentChildren } from 'preact';
import { Broken, failuresOf } from '../../parts/proof.tsx';
import { Examples, Findings } from '../../parts/rule-parts.tsx';
import { Failure } from '../../parts/states.tsx';
import { counted } from '../../state/time.ts';
import type { useWholeCheck } from '../../state/whole-check.ts';

/** Check, examples, stories and guardrails of the draft. */
export function Proof({ whole }: { whole: ReturnType<typeof useWholeCheck> }) {
  const { value } = whole;
  const { examples: failed, stories, guardrails } = failuresOf(value);
  return (
    <section class="stack tight" aria-busy={whole.loading}>
      <h2>Proof</h2>
      {whole.error && <Failure error={whole.error} again={whole.again} />}
      <p role="status" class="row">
        {whole.loading || !value ? (
          <span class="soft">checking …</span>
        ) : (
          <>
            <Mark good={!value.findings.some(({ severity }) => severity === 'error')}>
              check: {counted(value.findings.length, 'finding')}
            </Mark>
            <Mark good={failed.length === 0}>
              {value.examples.length - failed.length} of {counted(value.examples.length, 'example')}
            </Mark>
            <Mark good={stories.length === 0}>
              {value.stories.length - stories.length} of{' '}
              {counted(value.stories.length, 'story', 'stories')}
            </Mark>
            <Mark good={guardrails.length === 0}>
              {value.guardrails.length - guardrails.length} of{' '}
              {counted(value.guardrails.length, 'guardrail')}
            </Mark>
          </>
        )}
      </p>
      {value && value.findings.length > 0 && <Findings findings={value.findings} withFile />}
      {failed.length > 0 && <Examples results={failed} />}
      <Broken stories={stories} guardrails={guardrails} />
    </section>
  );
}

const Mark = (props: { good: boolean; children: ComponentChildren }) => (
  <span class={`badge ${props.good ? 'good' : 'bad'}`}>
    <span aria-hidden="true">{props.good ? '✓' : '✗'}</span> {props.children}
  </span>
);
