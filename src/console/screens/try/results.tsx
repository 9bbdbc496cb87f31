import { useState } from 'preact/hooks';
import { to } from '../../state/router.ts';
import type { Result, Trial } from '../../worker/protocol.ts';
import './results.css';

/** What the rules in force, and beside them the draft, make of a callback. */
export function Outcomes({
  trial,
  rule,
  drafted,
}: {
  trial: Trial;
  rule: string;
  drafted: boolean;
}) {
  return (
    <>
      <p class="soft small">
        The callback is <span class="mono">{trial.trigger}</span>.
      </p>
      <div class={trial.draft.length > 0 ? 'split' : ''}>
        <section class="stack tight">
          <h2>In force</h2>
          <Results label="Results" results={trial.base} beside={undefined} rule={rule} />
        </section>
        {drafted && trial.draft.length > 0 && (
          <section class="stack tight">
            <h2>With your draft</h2>
            <Results
              label="With your draft"
              results={trial.draft}
              beside={trial.base}
              rule={rule}
            />
          </section>
        )}
      </div>
    </>
  );
}

/** How many rules are listed before the rest is asked for: those that fired and the nearest misses. */
const FIRST = 12;

function Results(props: {
  label: string;
  results: readonly Result[];
  beside: readonly Result[] | undefined;
  rule: string;
}) {
  const [all, setAll] = useState(false);
  const { results, beside, rule, label } = props;
  // The rule that the address names stands first.
  const sorted =
    rule === ''
      ? results
      : results.toSorted((a, b) => Number(b.rule === rule) - Number(a.rule === rule));
  const fired = sorted.filter((one) => one.fired).length;
  const shown = all ? sorted : sorted.slice(0, Math.max(FIRST, fired));
  return (
    <>
      <ul class="rows" aria-label={label}>
        {shown.map(({ rule: name, fired, outcome, reason }) => {
          const before = beside?.find((one) => one.rule === name);
          return (
            <li key={name} class={`result ${fired ? 'fired' : ''}`}>
              <p>
                <a href={to('rules', name)}>{name}</a> {fired ? 'fired' : 'did not fire'}
                {!fired && outcome !== 'did-not-fire' && outcome !== 'not-listening' && (
                  <span class="badge unknown">{outcome}</span>
                )}
                {beside && before?.fired !== fired && <span class="badge warn">changed</span>}
              </p>
              <p class="soft small verbatim">{reason}</p>
            </li>
          );
        })}
      </ul>
      {shown.length < results.length && (
        <div>
          <button type="button" class="small" onClick={() => setAll(true)}>
            Show all {results.length} rules
          </button>
        </div>
      )}
    </>
  );
}
