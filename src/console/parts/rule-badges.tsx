import type { RuleSummary } from '../worker/protocol.ts';

/** Whether a rule decides: on, off, in shadow, paused, over; and whether the draft changes it. */
export function RuleBadges({ rule, paused }: { rule: RuleSummary; paused: boolean }) {
  const over = rule.expires !== null && Date.parse(rule.expires) <= Date.now();
  const active = rule.enabled && !rule.shadow && !paused && !over && !rule.broken;
  return (
    <span class="row">
      {rule.broken && <span class="badge bad">Has errors</span>}
      {active && <span class="badge good">On</span>}
      {!rule.enabled && <span class="badge">Off</span>}
      {rule.shadow && <span class="badge unknown">Shadow</span>}
      {paused && <span class="badge warn">Paused</span>}
      {over && <span class="badge">Expired</span>}
      {rule.drafted && <span class="badge warn">Changed in your draft</span>}
    </span>
  );
}
