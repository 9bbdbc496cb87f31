import { destinations } from '../../alerts/destinations/index.ts';
import { convert } from '../../rules/schema/convert.ts';
import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';
import { describeKeys } from './schema-words.ts';

/** All kinds of destination with their settings, from their schemas. */
export const destinationsPage: ReferencePage = {
  name: 'destinations',
  title: 'Destinations',
  intro: `Alerts and forwarded callbacks go to destinations. \`rules/alerts.json\` names each destination and gives it a \`type\` from this list. Each destination may also have a \`fallback\`: the name of the destination that receives an alert when this one fails. Addresses and keys are secrets of the Worker whose names begin with \`DEST_\`. [Rule authors](../rule-authors.md#alerts) describes destinations and routes.`,
  body: () =>
    table(
      ['type', 'settings', 'meaning'],
      destinations.map(({ type, config, description }) => [
        code(type),
        describeKeys(convert(config), ['type', 'fallback']),
        description,
      ]),
    ),
};
