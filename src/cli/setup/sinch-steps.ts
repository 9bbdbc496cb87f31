import { readSecrets } from '../../callbacks/signature.ts';
import { AppError } from '../../errors.ts';
import { readSettings } from '../../settings/settings.ts';
import { connectWebhook, findWebhook } from '../../sinch/webhooks.ts';
import { triggersFor } from '../commands/connect.ts';
import { counted } from '../rules/checked-rules.ts';
import { probe } from './probe.ts';
import { hashOf } from './state.ts';
import { type Setup, type Step, shownUrl, UNCHANGED, urlOf } from './step.ts';

/** A secret whose value only another machine knows. @throws AppError `not_configured` */
function settingOf(name: string, { state, shell }: Setup): string {
  const value = state.current.settings[name] ?? shell.env[name];
  if (value) return value;
  throw new AppError(
    'not_configured',
    `the Worker has ${name} and this machine does not know it: set it in the environment`,
  );
}

/** The webhook secret of an app. @throws AppError `not_configured` */
function webhookSecret(setup: Setup): string {
  const secrets = readSecrets(settingOf('WEBHOOK_SECRETS', setup));
  const secret = (secrets.get(setup.app) ?? secrets.get('*'))?.[0];
  if (secret) return secret;
  throw new AppError('not_configured', `WEBHOOK_SECRETS has no secret for app ${setup.app}`);
}

export const connectApp: Step = {
  title: 'Register the webhook at Sinch',
  commands: (setup) => [`signalbox connect ${shownUrl(setup)}/callbacks --app ${setup.app}`],
  async run(setup) {
    const { state, shell, rules, app } = setup;
    const { sinch } = readSettings({ ...shell.env, ...state.current.settings });
    if (!sinch)
      throw new AppError(
        'not_configured',
        'set SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET in the environment',
      );
    const target = `${urlOf(setup)}/callbacks`;
    const secret = webhookSecret(setup);
    const triggers = triggersFor(rules.rulebook);
    const wanted = hashOf(app, target, triggers, secret);
    const known = await findWebhook({ appId: app, target }, sinch, shell.now());
    // Sinch never returns the secret, so only the record of the last registration shows which one it has.
    const same = known && hashOf(known.triggers.toSorted()) === hashOf(triggers.toSorted());
    if (same && state.current.connected === wanted) return UNCHANGED;
    const { webhook, created } = await connectWebhook(
      { appId: app, target, triggers, secret },
      sinch,
      shell.now(),
    );
    await state.save({ connected: wanted });
    return `${created ? 'registered' : 'updated'} webhook ${webhook.id}: ${counted(triggers.length, 'trigger')}`;
  },
};

export const verify: Step = {
  title: 'Send a signed callback and find it in the journal',
  commands: (setup) => [
    `signalbox send event-composing --fresh --url ${shownUrl(setup)}`,
    `signalbox decisions <id> --url ${shownUrl(setup)}`,
  ],
  run: (setup) =>
    probe(
      {
        url: urlOf(setup),
        app: setup.app,
        project: settingOf('SINCH_PROJECT_ID', setup),
        secret: webhookSecret(setup),
        token: settingOf('API_TOKEN', setup),
      },
      setup.shell,
    ),
};
