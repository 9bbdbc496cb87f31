import * as v from 'valibot';
import { FoundFinding } from '../../api/rulebooks/rulebooks.ts';
import { AppError } from '../../errors.ts';
import { differenceLines } from '../../rules/explain/difference-lines.ts';
import type { ExitCode } from '../command.ts';
import type { Shell } from '../shell.ts';

const Details = v.looseObject({
  findings: v.optional(v.array(FoundFinding)),
  difference: v.nullish(
    v.array(
      v.object({
        what: v.string(),
        change: v.picklist(['added', 'removed', 'changed']),
        old: v.exactOptional(v.string()),
        new: v.exactOptional(v.string()),
      }),
    ),
  ),
});

/**
 * Prints why a Worker refused rules: its findings, or a concurrent change. Rethrows any other
 * error.
 */
export function printRefusal(error: unknown, end: string, shell: Shell): ExitCode {
  const details = error instanceof AppError ? v.safeParse(Details, error.details) : undefined;
  if (!(error instanceof AppError) || !details?.success) throw error;
  const { findings, difference } = details.output;
  if (!findings && difference === undefined) throw error;
  for (const { file, severity, code, message, hint } of findings ?? [])
    shell.err(`rules/${file} ${severity} ${code} ${message}${hint ? `: ${hint}` : ''}`);
  if (!findings) shell.err(error.message);
  for (const line of (difference ?? []).flatMap((one) => differenceLines(one, shell.width)))
    shell.err(line);
  shell.err(end);
  return 1;
}
