import { actions } from '../../src/actions/index.ts';
import { readAlerts } from '../../src/alerts/config.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { sampleBody, samples } from '../../src/samples/samples.ts';
import { type Known, readStories } from '../../src/stories/read-stories.ts';
import { runStory, type StoryResult } from '../../src/stories/run-story.ts';

const rule = (name: string, on: string, when: object, ...then: object[]) => ({
  name,
  why: 'A test.',
  owner: 'ops',
  on: [on],
  when,
  then,
});
const equal = (fact: string, value: unknown) => ({ fact, operator: 'equal', value });
const alert = (title: string, severity: string) => ({
  action: 'alert',
  params: { title, severity },
});

const rules = {
  'stop.json': rule('stop', 'MESSAGE_INBOUND', equal('keyword', 'STOP'), { action: 'suppress' }),
  'start.json': rule('start', 'MESSAGE_INBOUND', equal('keyword', 'START'), {
    action: 'unsuppress',
  }),
  'red.json': rule(
    'red',
    'CHANNEL_EVENT',
    equal('quality_rating', 'RED'),
    { action: 'throttle', params: { to: '10/minute', for: '7d' } },
    alert('RED after {{previous_quality_rating}}', 'critical'),
  ),
  'green.json': rule('green', 'CHANNEL_EVENT', equal('quality_rating', 'GREEN'), {
    action: 'release',
  }),
  'retry.json': rule(
    'retry',
    'MESSAGE_DELIVERY',
    { all: [equal('status', 'FAILED'), { fact: 'attempt', operator: 'present' }] },
    { action: 'retry', params: { at_most: 1, first_delay: '1m', within: '1h' } },
  ),
  'preference-stop.json': rule(
    'preference-stop',
    'UNSUPPORTED',
    equal('notice_kind', 'preference_stop'),
    { action: 'suppress', params: { scope: 'marketing' } },
  ),
  'given-up.json': rule('given-up', 'MESSAGE_DELIVERY', equal('attempt', 1), alert('Lost', 'low')),
};

export const alerts = readAlerts({
  destinations: {
    ops: { type: 'webhook', url: { secret: 'DEST_OPS' } },
    night: { type: 'webhook', url: { secret: 'DEST_NIGHT' } },
  },
  default: 'ops',
  schedules: {
    day: { timeZone: 'UTC', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' },
  },
  routes: [{ match: { severity: 'critical' }, schedule: 'day', to: 'ops', else: 'night' }],
});

export const known: Known = {
  rules: Object.keys(rules).map((file) => file.replace('.json', '')),
  actions: actions.map(({ name }) => name),
  destinations: Object.keys(alerts.destinations),
  samples: new Map(samples.map((name) => [name, bodyOf(name)])),
};

/** Reads one story. */
export const readOne = (steps: readonly unknown[], rest: object = {}) =>
  readStories({ 'tests/story.json': { name: 'story', why: 'A test.', steps, ...rest } }, known);

/** Plays one story by a few rules. */
export async function tell(...steps: readonly object[]): Promise<StoryResult> {
  const { rulebook, findings } = compile(
    { rules, lists: {}, conditions: {}, alerts: undefined },
    actions,
    'test',
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const { stories, findings: wrong } = readOne(steps);
  const [story] = stories;
  if (!story) throw new Error(JSON.stringify(wrong));
  return runStory(story, {
    rulebook,
    alerts,
    samples: new Map(samples.map((name) => [name, bodyOf(name)])),
  });
}

/** A sample that is no JSON object cannot be a step. */
function bodyOf(name: string): Record<string, unknown> {
  try {
    return sampleBody(name);
  } catch {
    return {};
  }
}
