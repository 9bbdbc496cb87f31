import type { CompiledRule } from '../model/compiled.ts';
import type { Finding } from '../model/finding.ts';

/** A rule that ends sooner than this, in milliseconds, is warned of. */
const NEAR = 14 * 86_400_000;

/** Rules whose time is over, or nearly. `now` in milliseconds. */
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
          ? 'its time is over: the rule does nothing any more'
          : `the rule ends within ${days === 1 ? 'a day' : `${days} days`}`,
        hint: over
          ? 'remove the rule, or "expires"'
          : 'if it should go on, write a later time, or remove "expires"',
      },
    ];
  });
}
