import { Alerts, Branch, Configured, Route } from '../alerts/config.ts';
import { destinations } from '../alerts/destinations/index.ts';
import { convert, type Override, oneOf, type Schema, where } from '../rules/schema/convert.ts';
import { titled } from '../rules/schema/rule-schema.ts';

/** Returns the JSON Schema of `alerts.json`. `check` verifies that names in it exist. */
export const alertsSchema = (): Schema => ({
  ...titled('Where the alerts of Signalbox go', convert(Alerts, reference)),
  $defs: { destination: destinationSchema(), route: convert(Route, reference) },
});

/** The settings of a destination depend on its type, and routes nest. */
const reference: Override = ({ valibotSchema }) => {
  if (valibotSchema === Configured) return { $ref: '#/$defs/destination' };
  return valibotSchema === Branch ? { $ref: '#/$defs/route' } : undefined;
};

const destinationSchema = (): Schema => ({
  type: 'object',
  properties: {
    type: {
      ...oneOf(destinations.map(({ type, description }) => ({ name: type, description }))),
      description: 'What kind of destination it is.',
    },
  },
  required: ['type'],
  allOf: destinations.map(({ type, config }) => ({
    if: where('type', [type]),
    then: convert(config),
  })),
});
