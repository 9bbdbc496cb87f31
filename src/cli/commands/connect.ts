import * as v from 'valibot';
import { triggers } from '../../callbacks/triggers/index.ts';
import { AppError } from '../../errors.ts';
import type { Rulebook } from '../../rules/compile/compile.ts';
import { readSettings } from '../../settings/settings.ts';
import { connectWebhook } from '../../sinch/webhooks.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules, counted } from '../rules/checked-rules.ts';
import { webAddress } from '../worker/ask-worker.ts';
import { EXAMPLE, readLocalSettings } from '../worker/settings-file.ts';

/** `connect`: registers a Worker as the webhook of an app, with triggers and secret. */
export const connect = defineCommand({
  usage: 'connect <target>',
  description: 'Register or update the webhook of an app at Sinch.',
  examples: ['connect https://signalbox.example.com/callbacks --app 01JB1JEWE77B1WMNG5RADAGJ9R'],
  failsIf: 'Sinch refuses the webhook',
  options: [
    { flags: '--app <id>', description: 'the Conversation API app' },
    {
      flags: '--secret <secret>',
      description:
        'the webhook’s secret (default: WEBHOOK_SECRETS of .dev.vars, if it is one secret)',
    },
    {
      flags: '--all',
      description: 'subscribe every trigger, not only those that rules use or Signalbox records',
    },
    RULES_OPTION,
    JSON_OPTION,
  ],
  input: v.object({
    target: v.string(),
    app: v.optional(v.string(), ''),
    secret: Text,
    all: Flag,
    rules: Text,
    json: Flag,
  }),
  async run({ target, app, secret, all, rules, json }, shell) {
    if (!app) throw new AppError('bad_request', 'say which app: --app <id>');
    if (target.length > 742)
      throw new AppError(
        'bad_request',
        'expected an address of at most 742 characters, like https://<worker>/callbacks',
      );
    // Any other path answers 404, and Sinch never retries a 4xx.
    if (!webAddress(target).pathname.endsWith('/callbacks'))
      throw new AppError(
        'bad_request',
        `callbacks are taken at /callbacks: ${new URL('/callbacks', target)}`,
      );
    const { file, values } = await readLocalSettings(shell);
    const settings = { ...values, ...shell.env };
    const { sinch } = readSettings({ EXAMPLE_SECRETS: 'allow', ...settings });
    if (!sinch)
      throw new AppError(
        'not_configured',
        'SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET are not set',
      );
    // The example's secret is public, and a production Worker refuses it.
    const own = file === EXAMPLE ? shell.env : settings;
    const key = secret ?? own.WEBHOOK_SECRETS;
    if (!key || key.trimStart().startsWith('{'))
      throw new AppError('bad_request', 'say which secret this webhook has: --secret <secret>');
    const { rulebook } = await checkRules(rules, shell);
    const names = triggersFor(rulebook, all);
    const { webhook, created } = await connectWebhook(
      { appId: app, target, triggers: names, secret: key },
      sinch,
      shell.now(),
    );
    shell.out(
      json
        ? JSON.stringify({ id: webhook.id, created, triggers: names })
        : `${created ? 'registered' : 'updated'} webhook ${webhook.id} of app ${app}: ${counted(names.length, 'trigger')}`,
    );
    return 0;
  },
});

/** Returns the triggers to subscribe: those that enabled rules use or that Signalbox records, or all. */
export function triggersFor({ rules }: Pick<Rulebook, 'rules'>, all = false): readonly string[] {
  const wanted = new Set([
    ...triggers.filter(({ alwaysSubscribed }) => alwaysSubscribed).map(({ name }) => name),
    ...rules.filter(({ enabled }) => enabled).flatMap(({ on }) => on),
  ]);
  return triggers
    .filter(({ api, name }) => api === 'conversation' && (all || wanted.has(name)))
    .map(({ name }) => name);
}
