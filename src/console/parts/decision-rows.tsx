import type { Decision } from '../state/decisions.ts';
import { to } from '../state/router.ts';
import { Time } from './time.tsx';

const MARKS: Readonly<Record<string, string>> = {
  fired: 'good',
  done: 'good',
  shadow: 'unknown',
  erred: 'bad',
  failed: 'bad',
  waiting: 'warn',
  retried: 'warn',
};

/** What happened to a rule or an action, with its colour. */
export const Outcome = ({ outcome }: { outcome: string }) => (
  <span class={`badge ${MARKS[outcome] ?? ''}`}>{outcome.replaceAll('-', ' ')}</span>
);

/** Decisions in rows, each leading to its own page. With `rule`, only that rule's outcome is shown. */
export const DecisionRows = (props: { decisions: readonly Decision[]; rule?: string }) => (
  <ul class="rows">
    {props.decisions.map((decision) => (
      <li key={`${decision.id} ${decision.rulebook}`}>
        <div class="row">
          <a href={to('decisions', decision.id)} class="mono">
            {decision.trigger} {decision.id.slice(0, 8)}
          </a>
          <Time at={decision.received_at} />
          {decision.channel && <span class="badge">{decision.channel}</span>}
          {decision.shadow && <span class="badge unknown">rulebook in shadow</span>}
        </div>
        <div class="row small">
          {decision.rules.length === 0 && <span class="soft">No rule fired.</span>}
          {decision.rules
            .filter(({ rule }) => props.rule === undefined || rule === props.rule)
            .map(({ rule, outcome }) => (
              <span key={`${rule} ${outcome}`} class="row">
                {rule} <Outcome outcome={outcome} />
              </span>
            ))}
          {decision.reason_code && <span class="soft mono">{decision.reason_code}</span>}
        </div>
      </li>
    ))}
  </ul>
);
