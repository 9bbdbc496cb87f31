import { actions } from '../../actions/index.ts';
import { dryRun, Trial } from '../../api/decisions/callbacks.ts';
import { formOf } from '../../api/issue-message.ts';
import { type Callback, readBody, readCallbacks } from '../../callbacks/callback.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { AppError, messageOf } from '../../errors.ts';
import { previewState } from '../../objects/record-state.ts';
import { compile } from '../../rules/compile/compile.ts';
import { entryOf, groupKey, type ReadWindow } from '../../rules/decide/counted.ts';
import { earlierValues } from '../../rules/decide/earlier-values.ts';
import { decideWithWindows } from '../../rules/decide/tallies.ts';
import { explain } from '../../rules/explain/explain.ts';
import { readEmptyWindow } from '../../rules/explain/explain-windows.ts';
import type { Rulebook } from '../../rules/model/compiled.ts';
import { readGiven, withFacts } from '../../rules/prove/given.ts';
import { open } from '../../services.ts';
import { read } from '../read-input.ts';
import { route } from '../route.ts';
import { mustCompile, standingNow } from '../rulebooks/publishing.ts';
import { resolveVersion } from '../rulebooks/resolve-version.ts';

/** The largest body: a rulebook may be in it, as in a publication. */
const MOST = 16 * 1024 * 1024;

/** `POST /v1/dry-run`: a callback in, decisions and the explanation out. Nothing is performed, nothing is kept. */
export const dryRunRoutes = [
  route(dryRun, async (c) => {
    const services = open(c.env);
    const { bytes, trial } = readTrial(await readBody(c.req.raw, MOST));
    const at = trial.at === undefined ? services.now() : Date.parse(trial.at);
    const given = givenOf(trial);
    const rulebook = await rulebookOf(trial, services);
    const answers = [];
    for (const callback of await readCallbacks(bytes, at))
      answers.push(await runDry(withFacts(callback, given), { rulebook, given, trial, services }));
    const [first] = answers;
    if (first === undefined || answers.length === 1) return c.json(first);
    return c.json({
      ...first,
      fired: answers.flatMap(({ fired }) => fired),
      erred: answers.flatMap(({ erred }) => erred),
      explanation: answers.flatMap(({ explanation }) => explanation),
      callbacks: answers,
    });
  }),
];

interface DryRunContext {
  readonly rulebook: Rulebook;
  readonly given: ReturnType<typeof readGiven>;
  readonly trial: Omit<Trial, 'callback'>;
  readonly services: ReturnType<typeof open>;
}

async function runDry(callback: Callback, { rulebook, given, trial, services }: DryRunContext) {
  const recalled = await previewState(callback, services.objects, {
    hash: services.dataKey.hash,
    candidates: earlierValues([rulebook]),
    preferencePath: services.settings.contactPreferencePath,
  });
  const recall = async (name: string) => (given.has(name) ? given.get(name) : recalled[name]);
  // A draft has no windows: only those of the rules in force were counted.
  const look: ReadWindow = trial.rulebook
    ? readEmptyWindow(callback)
    : async (counted) => {
        const tally = await services.objects.tallies.of(counted.rule.name, groupKey(counted.group));
        return tally.peek(entryOf(callback, counted), counted.threshold.terms);
      };
  const decision = await decideWithWindows(rulebook, callback, recall, look);
  return {
    id: callback.id,
    trigger: callback.trigger,
    rulebook: decision.version,
    fired: decision.fired.map(({ rule, actions: done }) => ({
      rule: rule.name,
      actions: done.map(({ action, params }) => ({ action, params })),
    })),
    erred: decision.erred,
    explanation: await explain(rulebook, callback, recall, look),
  };
}

/** Reads the body: a bare callback, or a callback with what it is tried with. @throws AppError `bad_request` */
function readTrial(bytes: Uint8Array<ArrayBuffer>): {
  readonly bytes: Uint8Array;
  readonly trial: Omit<Trial, 'callback'>;
} {
  const body = parse(bytes);
  if (!isRecord(body) || !Object.hasOwn(body, 'callback')) return { bytes, trial: { given: {} } };
  const { callback, ...trial } = read(Trial, body, 'body', () => formOf(Trial));
  return { bytes: new TextEncoder().encode(JSON.stringify(callback)), trial };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // `readCallback` names what is wrong with a callback.
    return undefined;
  }
}

function givenOf({ given }: Omit<Trial, 'callback'>) {
  try {
    return readGiven({ given });
  } catch (error) {
    throw new AppError('bad_request', messageOf(error));
  }
}

/** The rules that decide: those of the request, of a version, or in force. @throws AppError `rule_invalid`, `not_found` */
async function rulebookOf(
  { rulebook, version }: Omit<Trial, 'callback'>,
  services: ReturnType<typeof open>,
): Promise<Rulebook> {
  if (rulebook) {
    const compiled = compile(rulebook, actions, 'draft');
    mustCompile(compiled.findings);
    return compiled.rulebook;
  }
  if (version === undefined) return services.rulebook();
  return services.rulebookOf(await resolveVersion(version, await standingNow(services), services));
}
