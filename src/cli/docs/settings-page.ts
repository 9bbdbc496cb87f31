import { NEEDED } from '../../settings/settings.ts';
import { SETTINGS } from '../../settings/summaries.ts';
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
      SETTINGS.map(({ name, secret, summary }) => [
        code(name),
        yesNo(NEEDED.includes(name)),
        yesNo(secret),
        summary,
      ]),
    ),
};
