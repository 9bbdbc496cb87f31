import { actions } from '../../actions/index.ts';
import { alertFindings } from '../../alerts/findings.ts';
import type { Changed } from '../../api/rulebooks/rulebooks.ts';
import { filesOf } from '../../authoring/rule-files.ts';
import { AppError } from '../../errors.ts';
import type { Change, RulebookState, Version } from '../../objects/rulebooks/rulebooks.ts';
import { alertsOf } from '../../pipeline/active-rulebooks.ts';
import { alertMismatch } from '../../pipeline/alert-preview.ts';
import { bundle } from '../../rulebooks/bundled.ts';
import {
  canonicalize,
  checkTexts,
  readCanonical,
  type Texts,
  withExamples,
} from '../../rulebooks/canonical.ts';
import { effectiveGuardrails, missingGuardrails } from '../../rulebooks/effective-guardrails.ts';
import { type ExampleFault, prove } from '../../rulebooks/prove.ts';
import { compile } from '../../rules/compile/compile.ts';
import { diffRulebooks } from '../../rules/explain/diff.ts';
import type { Finding } from '../../rules/model/finding.ts';
import { nameOfFile } from '../../rules/model/lists.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { readGuardrails } from '../../rules/prove/guardrail.ts';
import { buildName } from '../../settings/build.ts';
import type { Services } from '../../work/services.ts';

/** A change of the rulebook in force: actor, reason, and the version it is based on. */
export interface Wish {
  readonly actor: string;
  readonly reason: string;
  /** The version in force that the author worked on; absent or `*`: any. */
  readonly builtOn: string | undefined;
  /** Whether guardrails that the rulebook lacks are removed. */
  readonly replaceGuardrails: boolean;
}

const exampleFault: ExampleFault = (rule, example, rulebook, alerts) =>
  alertMismatch(rule, example, rulebook, alertsOf(alerts));

/** The versions in force and in shadow. */
export interface Now extends RulebookState {
  readonly inForce: string;
}

type Kept = Pick<Services, 'rulebooks' | 'now'>;

/** Reads the versions in force and in shadow. */
export async function standingNow({ rulebooks }: Kept): Promise<Now> {
  const standing = await rulebooks.kept.readState(bundle.version);
  return { ...standing, inForce: standing.version ?? bundle.version };
}

/** Proves and stores a rulebook, and activates it or puts it in shadow unless it is only stored. @throws AppError `rule_invalid`, `changed_meanwhile` */
export async function publish(
  source: RulebookSource,
  words: { readonly author: string; readonly message: string },
  put: Changed['put'],
  wish: Wish,
  services: Kept,
  files?: Texts,
): Promise<Changed> {
  if (files) checkTexts(files, filesOf(source));
  const now = await standingNow(services);
  if (put === 'in force') await mustBeInForce(wish.builtOn, now, services);
  const sealed = await canonicalize(source);
  const warnings = await mustHold(source, sealed.version, now, wish, services);
  const { rules } = source;
  await services.rulebooks.kept.keep(files ? { ...sealed, files: JSON.stringify(files) } : sealed, {
    ...words,
    origin: 'published',
    at: services.now(),
    rules: Object.keys(rules).length,
  });
  const kind = put === 'in shadow' ? 'shadow' : 'activate';
  return put === null
    ? { version: sealed.version, put, before: now.inForce, warnings, guardrails_kept: [] }
    : change(kind, sealed.version, source, warnings, wish, services);
}

/** Activates a stored rulebook or puts it in shadow. @throws AppError `not_found`, `rule_invalid`, `changed_meanwhile` */
export async function put(
  kind: Change['kind'],
  version: string,
  wish: Wish,
  services: Kept,
): Promise<Changed> {
  const now = await standingNow(services);
  if (kind !== 'shadow') await mustBeInForce(wish.builtOn, now, services);
  const source = await sourceOf(version, services);
  return change(
    kind,
    version,
    source,
    await mustHold(source, version, now, wish, services),
    wish,
    services,
  );
}

async function change(
  kind: Change['kind'],
  version: string,
  source: RulebookSource,
  warnings: Changed['warnings'],
  { actor, reason, builtOn, replaceGuardrails }: Wish,
  services: Kept,
): Promise<Changed> {
  const { rulebooks, now } = services;
  const named = builtOn === '*' ? undefined : builtOn;
  const before = await standingNow(services);
  const kept = replaceGuardrails
    ? {}
    : missingGuardrails(effectiveGuardrails(before, actions), source.guardrails, actions);
  const answer = await rulebooks.kept.change({
    kind,
    version: version === bundle.version && kind !== 'shadow' ? null : version,
    at: now(),
    actor,
    reason,
    code: buildName(),
    bundled: bundle.version,
    builtOn: kind === 'shadow' ? undefined : (named ?? before.inForce),
    ...(kind === 'shadow' ? {} : { guardrails: JSON.stringify({ ...source.guardrails, ...kept }) }),
  });
  if (!answer.changed) await mustBeInForce(named, await standingNow(services), services);
  if (!answer.changed) throw new AppError('conflict', 'two changes at once; try again');
  rulebooks.inForce.invalidate();
  return {
    version,
    put: kind === 'shadow' ? 'in shadow' : 'in force',
    before: before.inForce,
    warnings,
    guardrails_kept: Object.keys(kept).map(nameOfFile),
  };
}

/** Returns a stored rulebook with its examples. @throws AppError `not_found`, `rule_invalid` */
export async function sourceOf(version: string, { rulebooks }: Kept): Promise<RulebookSource> {
  const [known]: readonly (Version | undefined)[] = await rulebooks.kept.list(version);
  const body = await rulebooks.kept.body(version);
  if (body === null && version === bundle.version) return bundle.whole();
  if (body === null) throw new AppError('not_found', `the rulebook ${version} is not kept`);
  const source = await readCanonical(version, body);
  const examples = known?.examples ? await rulebooks.kept.examples(known.examples) : null;
  return examples === null ? source : withExamples(source, examples);
}

/** The files of a version as they were written; none where the publisher sent values only. */
export const textsOf = async (version: string, { rulebooks }: Kept): Promise<Texts> => {
  const kept = await rulebooks.kept.files(version);
  return Object.keys(kept).length === 0 && version === bundle.version ? bundle.texts() : kept;
};

/** @throws AppError `rule_invalid` with every finding; answers the warnings */
async function mustHold(
  source: RulebookSource,
  version: string,
  standing: Now,
  { replaceGuardrails }: Wish,
  { now }: Kept,
): Promise<Changed['warnings']> {
  const guardrails = replaceGuardrails ? {} : effectiveGuardrails(standing, actions);
  const { cases } = readGuardrails(guardrails, actions);
  const trial = { version, actions, alertFindings, exampleFault, guardrails: cases, now: now() };
  const { findings } = await prove(source, trial);
  return mustCompile(findings);
}

/** Returns the warnings. @throws AppError `rule_invalid` with all findings, if one of them is an error */
export function mustCompile(findings: readonly Finding[]): Changed['warnings'] {
  const told = findings.map((finding) => ({ ...finding, path: [...finding.path] }));
  const errors = told.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return told;
  const [first] = errors;
  const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more: see "findings"`;
  throw new AppError('rule_invalid', `${first?.file}: ${first?.message}${more}`, {
    details: { findings: told },
  });
}

/** Checks that the version in force is the one the author worked on. @throws AppError `changed_meanwhile` with the changes since */
async function mustBeInForce(
  seen: string | undefined,
  standing: Now,
  services: Kept,
): Promise<void> {
  if (seen === undefined || seen === '*' || seen === standing.inForce) return;
  const { rulebooks } = services;
  const [now] = await rulebooks.kept.list(standing.inForce);
  const who = now ? `${now.author}: ${now.message}` : 'by an unknown author';
  const compared = await Promise.all(
    [seen, standing.inForce].map((version) => comparedOf(version, services)),
  ).catch(() => undefined);
  const [old, current] = compared ?? [];
  throw new AppError(
    'changed_meanwhile',
    `${standing.inForce} is in force, not ${seen} (${who}): look at the difference, then publish on top of it`,
    {
      details: {
        in_force: standing.inForce,
        difference: old && current ? diffRulebooks(old, current) : null,
      },
    },
  );
}

async function comparedOf(version: string, services: Kept) {
  const source = await sourceOf(version, services);
  return { source, rulebook: compile(source, actions, version).rulebook };
}
