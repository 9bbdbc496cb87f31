import * as v from 'valibot';
import type { Alerts } from '../../alerts/config.ts';
import { describeTiming } from '../../alerts/phrases.ts';
import { previewBody, previewRoutes, type RoutePreview } from '../../alerts/preview.ts';
import { TestAlert, TestAnswer } from '../../api/alerts/alerts.ts';
import { emptyRecall, readAllStored } from '../../authoring/first-sight.ts';
import { AppError } from '../../errors.ts';
import { type AlertPreview, previewAlerts, previewExample } from '../../pipeline/alert-preview.ts';
import { decide } from '../../rules/decide/decide.ts';
import { readSample } from '../callbacks/samples.ts';
import { type CheckedRules, checkRules } from '../rules/checked-rules.ts';
import { alertsOf, refuseBroken } from '../rules/chosen-rules.ts';
import type { Shell } from '../shell.ts';
import { readTime } from '../time.ts';
import { askWorker, type WorkerAddress } from '../worker/ask-worker.ts';
import { readAlertFields } from './alert-fields.ts';

/** The operands and options of `alerts test`. */
export interface TestAlertsInput extends WorkerAddress {
  readonly subjects: readonly string[];
  readonly send: boolean;
  readonly at?: string | undefined;
  readonly rules?: string | undefined;
  readonly json: boolean;
}

/** One alert to try: what it is, and its ways. */
interface Trial {
  readonly message: string;
  readonly ways: readonly RoutePreview[];
  /** The same for a Worker. */
  readonly alert: TestAlert;
}

/**
 * `alerts test`: who would get it, through which route, when, and how each destination shows it.
 */
export async function testAlerts(input: TestAlertsInput, shell: Shell): Promise<0 | 1> {
  const now = input.at === undefined ? shell.now() : Date.parse(readTime('--at', input.at, shell));
  const checked = await checkRules(input.rules, shell);
  const alerts = alertsOf(checked, shell);
  const trials = await trialsOf(input.subjects, { checked, alerts, now }, shell);
  if (trials.length === 0) {
    shell.out('No alert comes of this.');
    return 0;
  }
  if (!input.send) {
    if (input.json) shell.out(JSON.stringify({ alerts: trials.map(plain) }));
    else for (const line of trials.flatMap((trial) => [...lines(trial)])) shell.out(line);
    return 0;
  }
  let well = true;
  for (const { alert, message } of trials) {
    const answer = await send(alert, input, shell);
    if (input.json) shell.out(JSON.stringify(answer));
    else {
      shell.out(message);
      for (const { route, to, message: said } of answer.sent)
        shell.out(`  ${to} (route ${route}): ${said}`);
    }
    well &&= answer.sent.every(({ taken }) => taken);
  }
  return well ? 0 : 1;
}

interface Reading {
  readonly checked: CheckedRules;
  readonly alerts: Alerts;
  readonly now: number;
}

async function trialsOf(
  subjects: readonly string[],
  { checked, alerts, now }: Reading,
  shell: Shell,
): Promise<readonly Trial[]> {
  const [name] = subjects;
  if (name === undefined)
    throw new AppError(
      'bad_request',
      'alerts test what? A rule, a callback, or severity=critical owner=…',
    );
  if (subjects.every((subject) => subject.includes('='))) {
    const alert = v.parse(TestAlert, readAlertFields(subjects));
    const { to, next_step: nextStep, ...rest } = alert;
    const member = { ...rest, nextStep, callbackId: '', resolvable: false };
    const ways = await previewRoutes(
      member,
      { to, resolvable: false },
      alerts,
      now,
      shell.env.PUBLIC_URL,
    );
    return [{ message: `[${alert.severity}] ${alert.title}`, ways, alert }];
  }
  if (subjects.length > 1) throw new AppError('bad_request', 'one rule or one callback, please');
  const { rulebook } = checked;
  const rule = rulebook.rules.find((one) => one.name === name);
  const example = rule?.examples.find(({ fires }) => fires);
  if (rule && example) {
    return (await previewExample(rule, example, rulebook, alerts, shell.env.PUBLIC_URL, now)).map(
      trialOf,
    );
  }
  if (rule)
    throw new AppError(
      'bad_request',
      `${name} has no example that fires: there is nothing to fill its texts with`,
    );
  refuseBroken(name, checked, shell);
  const previews: AlertPreview[] = [];
  for (const callback of await readAllStored(await readSample(name, shell), now)) {
    const { fired } = await decide(rulebook, callback, emptyRecall(callback));
    for (const one of fired)
      previews.push(
        ...(await previewAlerts(one, callback, rulebook, alerts, now, shell.env.PUBLIC_URL)),
      );
  }
  return previews.map(trialOf);
}

const trialOf = ({ rule, severity, title, routes, member, to }: AlertPreview): Trial => ({
  message: `${rule} [${severity}] ${title}`,
  ways: routes,
  alert: {
    severity: member.severity,
    owner: member.owner,
    rule: member.rule,
    app_id: member.app_id,
    channel: member.channel,
    labels: member.labels,
    title: member.title,
    text: member.text,
    sentence: member.sentence,
    why: member.why,
    facts: member.facts,
    ...(to === undefined ? {} : { to }),
    ...(member.nextStep === undefined ? {} : { next_step: member.nextStep }),
  },
});

function* lines({ message, ways }: Trial): Generator<string> {
  yield message;
  for (const { reason, to, timing, group, shown } of ways) {
    const by = Object.entries(group).map(([name, value]) => `${name} ${value}`);
    yield `  → ${to.join(', ')}: ${reason}`;
    yield `    when: ${describeTiming(timing)}`;
    yield `    one alert for: ${by.length > 0 ? by.join(', ') : 'everything on this route'}`;
    for (const { to: name, type, outgoing } of shown) {
      yield `    ${name} (${type}) shows:`;
      for (const text of outgoing.shows)
        for (const line of text.split('\n')) yield `      │ ${line}`;
    }
  }
}

const plain = ({ message, ways }: Trial): object => ({
  message,
  ways: ways.map(({ route, reason, to, timing, group, id, shown }) => ({
    ...{ route, reason, to, timing, group, id },
    shown: shown.map(({ to: name, type, outgoing }) => ({
      ...{ to: name, type, shows: outgoing.shows, body: previewBody(outgoing) },
    })),
  })),
});

const send = (
  alert: TestAlert,
  { url, token }: TestAlertsInput,
  shell: Shell,
): Promise<TestAnswer> =>
  askWorker('/v1/alerts/test', TestAnswer, { url, token }, shell, {
    method: 'POST',
    body: JSON.stringify(alert),
    headers: { 'content-type': 'application/json' },
  });
