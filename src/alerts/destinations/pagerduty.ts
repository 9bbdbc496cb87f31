import * as v from 'valibot';
import { cut, defineDestination, json, Secret } from './destination.ts';
import { linesOf, partsOf } from './parts.ts';

/** Our severities as PagerDuty's. */
const SEVERITIES = { critical: 'critical', high: 'error', low: 'info' } as const;

const HOSTS = {
  us: 'https://events.pagerduty.com',
  eu: 'https://events.eu.pagerduty.com',
} as const;

/** PagerDuty Events API v2. An alert's group is one incident: opened, updated and resolved by its id. Limits: summary 1,024 characters, an event 512 KB. */
export const pagerduty = defineDestination({
  type: 'pagerduty',
  description: 'PagerDuty, Events API v2: one incident for each alert, resolved when the alert is.',
  transport: 'http',
  incidents: true,
  maxBytes: 512 * 1_024,
  entries: { key: Secret, region: v.optional(v.picklist(['us', 'eu']), 'us') },
  secrets: ({ key }) => [key],
  request(message, { key, region }, reveal) {
    const parts = partsOf(message);
    const summary = cut(`${parts.heading} (${parts.tally})`, 1_024);
    const shared = { routing_key: reveal(key), dedup_key: message.alert };
    const url = `${HOSTS[region]}/v2/enqueue`;
    if (message.state === 'resolved')
      return json(url, { ...shared, event_action: 'resolve' }, [
        `resolves the incident: ${summary}`,
      ]);
    const details = Object.fromEntries([
      ...parts.facts.slice(0, 50).map(([name, value]) => [name, cut(value, 1_000)]),
      [
        'what',
        cut(
          linesOf({ ...parts, facts: [], link: '' })
            .slice(1)
            .join('\n'),
          8_000,
        ),
      ],
      ['owner', message.owner],
      ['count', message.count],
    ]);
    const body = {
      ...shared,
      event_action: 'trigger',
      client: 'Signalbox',
      ...(parts.link
        ? { client_url: parts.link, links: [{ href: parts.link, text: 'Explain' }] }
        : {}),
      payload: {
        summary,
        source: cut(String(message.facts.app_id ?? message.rule), 255),
        severity: SEVERITIES[message.severity],
        timestamp: new Date(message.lastAt).toISOString(),
        component: message.rule,
        group: message.owner,
        class: 'signalbox',
        custom_details: details,
      },
    };
    return json(url, body, [
      `triggers the incident: ${summary}`,
      `severity ${SEVERITIES[message.severity]}, dedup key ${message.alert}`,
      ...linesOf(parts).slice(1),
    ]);
  },
});
