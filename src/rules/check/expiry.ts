import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';

/** Rules that expire within this time, in milliseconds, get a warning. */
const NEAR = 14 * 86_400_000;

/** Reports rules that have expired or expire soon. `now` in milliseconds. */
export function expiryFindings(
  { rules }: { readonly rules: readonly CompiledRule[] },
  now: number,
): readonly Finding[] {
  return rules.flatMap(({ file, expires }): Finding[] => {
    if (expires === undefined || expires > now + NEAR) return [];
    const over = expires <= now;
    const days = Math.ceil((expires - now) / 86_400_000);
    return [
      {
        file,
        path: ['expires'],
        severity: 'warning',
        code: over ? 'expired' : 'expires-soon',
        message: over
          ? 'the rule has expired and no longer fires'
          : `the rule expires within ${days === 1 ? 'a day' : `${days} days`}`,
        hint: over
          ? 'remove the rule, or "expires"'
          : 'to keep it, write a later time or remove "expires"',
      },
    ];
  });
}
