import type { Setting } from '../../settings/define-setting.ts';
import { destinationSecrets } from '../../settings/destination-secrets.ts';
import { settings } from '../../settings/index.ts';
import { code, table, yesNo } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** All settings of a deployment. */
export const settingsPage: ReferencePage = {
  name: 'settings',
  title: 'Settings',
  intro: `Locally, settings are in \`.dev.vars\`, or in \`.dev.vars.example\` if there is no \`.dev.vars\`. In production they are secrets of the Worker: \`npx wrangler secret put <setting>\`. \`check --env\` and \`/healthz\` name each required setting that is missing. Durations are written \`30s\`, \`10m\`, \`1h\` or \`7d\`.`,
  body: () =>
    table(
      ['setting', 'required', 'secret', 'meaning'],
      [...settings, destinationSecrets].map(
        ({ name, required = false, secret, summary, default: value }: Omit<Setting, 'schema'>) => [
          code(name),
          typeof required === 'object' ? `unless ${code(required.unless)}` : yesNo(required),
          yesNo(secret),
          value === undefined || value === '' ? summary : `${summary} Default: ${code(value)}.`,
        ],
      ),
    ),
};
