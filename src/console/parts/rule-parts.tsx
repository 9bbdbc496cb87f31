import type { Clause } from '../../rules/prove/coverage.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';
import { counted } from '../state/time.ts';
import type { AlertWay, PageFinding, ShownText } from '../worker/protocol.ts';
import { Empty } from './states.tsx';
import './rule-parts.css';

/** Examples with ✓ and ✗, and why each fired or not. */
export const Examples = ({ results }: { results: readonly ExampleResult[] }) =>
  results.length === 0 ? (
    <Empty>No examples yet. An example that fires and one that does not prove a rule.</Empty>
  ) : (
    <ul class="rows">
      {results.map(({ example, expected, passed, sentence }) => (
        <li key={example}>
          <div class="row">
            <strong>
              <span class={`mark ${passed ? 'good' : 'bad'}`}>
                <span aria-hidden="true">{passed ? '✓ ' : '✗ '}</span>
                <span class="visually-hidden">{passed ? 'passed: ' : 'failed: '}</span>
              </span>
              {example}
            </strong>
            <span class="badge">{expected ? 'fires' : 'does not fire'}</span>
          </div>
          <p class="soft small verbatim">{sentence}</p>
        </li>
      ))}
    </ul>
  );

const COVERAGE = {
  both: 'seen to hold and not to hold',
  half: 'seen one way only',
  none: 'never seen',
} as const;

const seenOf = ({ held, failed }: Clause): keyof typeof COVERAGE =>
  held && failed ? 'both' : held || failed ? 'half' : 'none';

/** The comparisons of a rule, coloured by what the examples show of them. */
export const Clauses = ({ clauses }: { clauses: readonly Clause[] }) => (
  <ul class="clauses">
    {clauses.map((clause, index) => {
      const seen = seenOf(clause);
      const missing = !clause.held ? 'no example where it holds' : 'no example where it does not';
      return (
        <li key={`${index} ${clause.condition}`} class={seen}>
          {clause.condition}
          <span class="small"> ({seen === 'half' ? missing : COVERAGE[seen]})</span>
        </li>
      );
    })}
  </ul>
);

/** The texts of a rule as a person will read them. */
export const Texts = ({ texts }: { texts: readonly ShownText[] }) => (
  <div class="stack tight">
    {texts.map(({ at, action, param, text }) => (
      <figure key={`${at} ${param}`} class="bubble">
        <figcaption>
          {action}: {param}
        </figcaption>
        <p class="verbatim">{text}</p>
      </figure>
    ))}
  </div>
);

/** Whom an alert notifies, and how each destination shows it. */
export const Ways = ({ ways }: { ways: readonly AlertWay[] }) => (
  <div class="stack">
    {ways.map(({ rule, title, to, reason, timing, shown }, index) => (
      <div key={`${index} ${rule} ${title}`} class="stack tight">
        <p>
          <strong>{to.join(', ')}</strong>: {reason}
        </p>
        <p class="soft small">{timing}</p>
        {shown.map(({ to: name, type, shows }) => (
          <figure key={name} class="bubble">
            <figcaption>
              {name} ({type}) shows
            </figcaption>
            {shows.map((line, place) => (
              <p key={`${place} ${line}`} class="verbatim">
                {line}
              </p>
            ))}
          </figure>
        ))}
      </div>
    ))}
  </div>
);

/** What `check` finds, each with its explanation and, where it can be corrected, a button. */
export function Findings(props: {
  findings: readonly PageFinding[];
  label?: string;
  withFile?: boolean;
  fix?: (finding: PageFinding) => void;
}) {
  const { findings, label = 'Findings', withFile, fix } = props;
  return (
    <ul class="rows findings" aria-label={label}>
      {findings.map((finding) => {
        const {
          file,
          line,
          column,
          code,
          severity,
          message,
          hint,
          means,
          cure,
          consequences = [],
        } = finding;
        return (
          <li key={`${file} ${line} ${column} ${code} ${message}`}>
            <div class="row">
              <span class="mono">{code}</span>
              <span class={`badge ${severity === 'error' ? 'bad' : 'warn'}`}>{severity}</span>
              <span class="soft small mono">
                {withFile ? `${file}:` : 'line '}
                {line}:{column}
              </span>
            </div>
            <p class="verbatim">{message}</p>
            {hint && <p class="verbatim">{hint}</p>}
            <p class="soft small">
              {means} {cure}
            </p>
            {consequences.length > 0 && <Consequences of={consequences} />}
            {fix && finding.fixable && (
              <div>
                <button type="button" class="small" onClick={() => fix(finding)}>
                  Fix
                </button>
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Findings that are gone once their cause is corrected. They are folded: the cause is what to look at. */
const Consequences = ({ of }: { of: NonNullable<PageFinding['consequences']> }) => (
  <details class="small">
    <summary>
      {counted(of.length, 'finding')} that follow{of.length === 1 && 's'} from this
    </summary>
    <div class="trail">
      {of.map(({ file, line, column, code, message }) => (
        <p key={`${file} ${line} ${column} ${code} ${message}`} class="verbatim">
          <span class="mono">{`${file}:${line}:${column} ${code}`}</span> {message}
        </p>
      ))}
    </div>
  </details>
);
