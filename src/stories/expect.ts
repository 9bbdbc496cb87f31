import { actionNamed } from '../actions/index.ts';
import { type AlertPreview, mismatchOf } from '../pipeline/alert-preview.ts';
import { subjectOf } from '../pipeline/queue-message.ts';
import { explain } from '../rules/explain/explain.ts';
import { formatList } from '../rules/model/format.ts';
import type { ExpectedAlert } from '../rules/model/rule.ts';
import {
  actionNameOf,
  type ExpectedAction,
  expectedActionWords,
  matchesExpected,
} from '../rules/prove/expected-action.ts';
import type { StoryAction } from './act.ts';
import type { StepResult } from './play.ts';
import type { Step } from './story.ts';

/** Something that did not come as the story says. */
export interface Fault {
  readonly expected: string;
  readonly got: string;
  /** Why, in sentences. */
  readonly reason: readonly string[];
}

/** What is wrong with a step: nothing, or each expectation that does not hold, with the reasons. */
export async function faultsOf(step: Step, played: StepResult): Promise<readonly Fault[]> {
  return [
    ...(await ruleFaults(step, played)),
    ...(await actionFaults(step, played)),
    ...toldFaults(step, played),
    ...stateFaults(step, played),
    ...played.erred.map((got) => ({ expected: 'rules that can be decided', got, reason: [] })),
  ];
}

const named = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : formatList(names, 'and');

async function ruleFaults(
  { then: { fires, does_not_fire: quiet = [] } }: Step,
  played: StepResult,
): Promise<Fault[]> {
  const { fired } = played;
  const missing = fires?.filter((name) => !fired.includes(name)) ?? [];
  const odd = quiet.filter((name) => fired.includes(name));
  const unwanted = fires?.length === 0 ? fired : odd;
  const faults: Fault[] = [];
  if (missing.length > 0)
    faults.push({
      expected: `fires: ${named(missing)}`,
      got: `fired: ${named(fired)}`,
      reason: await why(missing, played),
    });
  if (unwanted.length > 0) {
    const expected = fires?.length === 0 ? 'no rule fires' : `does not fire: ${named(odd)}`;
    faults.push({ expected, got: `fired: ${named(fired)}`, reason: await why(unwanted, played) });
  }
  return faults;
}

/** Why rules fired, or did not, for the newest event of the step: of a notification with several callbacks, for the one that a rule fires on. */
async function why(
  rules: readonly string[],
  { event, stage, look }: StepResult,
): Promise<readonly string[]> {
  const all = (
    await Promise.all(
      event.map((played) => explain(stage.rulebook, played.callback, played.recall, look(played))),
    )
  ).flat();
  return rules.map((name) => {
    const own = all.filter(({ rule }) => rule === name);
    const found = own.find(({ outcome }) => outcome === 'fired') ?? own[0];
    if (found) return found.sentence;
    const rule = stage.rulebook.rules.find((one) => one.name === name);
    return rule
      ? `${name} was not asked: the callback is ${event[0].callback.trigger}, the rule listens to ${formatList(rule.on)}`
      : `${name} has an error and is left out`;
  });
}

const resends = (action: string): boolean => actionNamed(action)?.resends ?? false;

const isDone = ({ not }: StoryAction): boolean => not === undefined;
const actWords = ({ rule, action, not }: StoryAction): string =>
  `${rule}: ${action}${not === undefined ? '' : ` (not done: ${not})`}`;

async function actionFaults({ then }: Step, played: StepResult): Promise<Fault[]> {
  const { acts, stage } = played;
  const done = acts.filter(isDone);
  const missing =
    then.actions?.filter((wanted) => !done.some((act) => matchesExpected(wanted, act))) ?? [];
  const none = then.actions?.length === 0 ? done : [];
  const odd = (then.not_actions ?? []).filter((wanted) =>
    done.some((act) => matchesExpected(wanted, act)),
  );
  const got = acts.length === 0 ? 'nothing' : acts.map(actWords).join('; ');
  const faults: Fault[] = [];
  if (missing.length > 0) {
    const able = stage.rulebook.rules.filter((rule) =>
      missing.some((wanted) => canDo(rule.actions, wanted)),
    );
    const mine = able
      .filter(({ on }) => on.includes(played.event[0].callback.trigger))
      .map(({ name }) => name);
    const silent = mine.filter((name) => !played.fired.includes(name)).slice(0, 3);
    faults.push({
      expected: named(missing.map(expectedActionWords)),
      got,
      reason: await why(silent, played),
    });
  }
  if (none.length > 0) faults.push({ expected: 'no action', got, reason: [] });
  if (odd.length > 0)
    faults.push({
      expected: `not ${formatList(odd.map(expectedActionWords), 'or')}`,
      got,
      reason: [],
    });
  return faults;
}

const canDo = (actions: readonly { readonly action: string }[], wanted: ExpectedAction): boolean =>
  actions.some(({ action }) => action === actionNameOf(wanted));

function toldFaults(
  { then: { told: wanted, not_told: quiet = [] } }: Step,
  { told }: StepResult,
): Fault[] {
  const reached = [...new Set(told.flatMap(({ routes }) => routes.flatMap(({ to }) => to)))];
  const got = told.length === 0 ? 'no alert' : told.map(alertWords).join('; ');
  const reason = told.flatMap(({ routes }) => routes.map((way) => way.reason));
  const faults: Fault[] = [];
  if (wanted?.length === 0 && told.length > 0) faults.push({ expected: 'no alert', got, reason });
  for (const one of wanted ?? []) {
    const expected: ExpectedAlert = typeof one === 'string' ? { to: one } : one;
    if (
      typeof one === 'string'
        ? reached.includes(one)
        : told.some((alert) => mismatchOf(alert, one) === undefined)
    )
      continue;
    const nearest = told[0] && typeof one !== 'string' ? [mismatchOf(told[0], one) ?? ''] : [];
    faults.push({ expected: expectedWords(expected), got, reason: [...nearest, ...reason] });
  }
  const odd = quiet.filter((name) => reached.includes(name));
  if (odd.length > 0) faults.push({ expected: `not told: ${named(odd)}`, got, reason });
  return faults;
}

const alertWords = ({ rule, severity, title, routes }: AlertPreview): string =>
  `${rule} tells ${named([...new Set(routes.flatMap(({ to }) => to))])} (${severity}): “${title}”`;

function expectedWords({ to, severity, title, text, after }: ExpectedAlert): string {
  const who =
    to === undefined ? 'any destination' : typeof to === 'string' ? to : formatList(to, 'and');
  const what = [
    severity,
    title && `title “${title}”`,
    text && `text “${text}”`,
    after && `after ${after}`,
  ].filter(Boolean);
  return `${who} is told${what.length > 0 ? ` (${what.join(', ')})` : ''}`;
}

function stateFaults(
  { then, sent_again_as: again }: Step,
  { acts, at, event, stage: { world } }: StepResult,
): Fault[] {
  const faults: Fault[] = [];
  if (
    again !== undefined &&
    !acts.some(({ action, not }) => resends(action) && not === undefined)
  ) {
    const retries = acts.filter(({ action }) => resends(action)).map(actWords);
    faults.push({
      expected: `the message is sent again as ${again}`,
      got: 'it is not sent again',
      reason: retries,
    });
  }
  if (then.refuses !== undefined) {
    const wanted =
      then.refuses === 'nothing'
        ? []
        : typeof then.refuses === 'string'
          ? [then.refuses]
          : then.refuses;
    for (const { channel = '', identity = '', identityAppId, appId } of peopleOf(event)) {
      const { scopes } = world.consent({ channel, identity, appId: identityAppId ?? appId });
      const expected = wanted.includes('all') ? Object.keys(scopes) : [...new Set<string>(wanted)];
      const got = Object.entries(scopes).flatMap(([scope, out]) => (out ? [scope] : []));
      if (expected.toSorted().join() !== got.toSorted().join())
        faults.push({
          expected: `the person refuses ${saidScopes(expected)}`,
          got: `refuses ${saidScopes(got)}`,
          reason: [],
        });
    }
  }
  if (then.limit !== undefined) {
    const { appId, channel = '' } = subjectOf(event[0].callback);
    const limit = world.limitOf(appId, channel, at);
    const reason = limit
      ? [`${limit.reason} set it, until ${new Date(limit.until).toISOString()}`]
      : [];
    const got = limit?.to ?? 'none';
    if (got !== then.limit)
      faults.push({ expected: `limit of the sender: ${then.limit}`, got, reason });
  }
  return faults;
}

/** The people of an event; one that names no person counts as one person who refused nothing. */
function peopleOf(event: StepResult['event']) {
  const all = event.map(({ callback }) => subjectOf(callback));
  const people = all.filter(({ identity }) => identity !== undefined && identity !== '');
  return people.length > 0 ? people : all.slice(0, 1);
}

const saidScopes = (scopes: readonly string[]): string =>
  scopes.includes('all') ? 'all' : scopes.length === 0 ? 'nothing' : formatList(scopes, 'and');
