import type * as v from 'valibot';
import { actions } from '../../actions/index.ts';
import { RulebookAnswer, RulebooksAnswer } from '../../api/rulebooks/rulebooks.ts';
import { reviewRulebooks } from '../../authoring/review.ts';
import { compile } from '../../rules/compile/compile.ts';
import type { Compared } from '../../rules/explain/diff.ts';
import { differenceLines } from '../../rules/explain/difference-lines.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import type { Shell } from '../shell.ts';
import { askWorker, type WorkerAddress } from './ask-worker.ts';

/** A rulebook that a Worker stores, compiled. */
export interface KeptRulebook extends Compared {
  readonly about: v.InferOutput<typeof RulebookAnswer>;
}

/** Lists the rulebooks that a Worker stores. */
export const listRulebooks = (address: WorkerAddress, shell: Shell) =>
  askWorker('/v1/rulebooks', RulebooksAnswer, address, shell);

/** Returns what a rulebook is called in output: `3f9c2a10 (in force)`. */
export const titleOf = ({ about }: KeptRulebook): string =>
  `${short(about.version)}${about.in_force ? ' (in force)' : ''}`;

/**
 * Returns a rulebook by its version, the beginning of a version, `in-force` or `bundled`.
 * @throws AppError as `askWorker`
 */
export async function fetchRulebook(
  version: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<KeptRulebook> {
  const about = await askWorker(
    `/v1/rulebooks/${encodeURIComponent(version)}`,
    RulebookAnswer,
    address,
    shell,
  );
  return { about, ...compared(about.rulebook, about.version) };
}

/** Compiles rules for a comparison. */
export const compared = (source: RulebookSource, version: string): Compared => ({
  source,
  rulebook: compile(source, actions, version).rulebook,
});

/** Returns what the second rulebook changes in the first, as lines. */
export const changesBetween = async (
  old: Compared,
  now: Compared,
  { width }: Pick<Shell, 'width'>,
): Promise<readonly string[]> =>
  (await reviewRulebooks(old, now)).flatMap((one) => differenceLines(one, width));

/** Returns the short form of a version: its first eight characters. */
export const short = (version: string): string => version.slice(0, 8);
