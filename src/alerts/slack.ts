import * as v from 'valibot';
import { cut, defineDestination, json, Secret } from './destination.ts';

const MARKS = { critical: ':rotating_light:', high: ':warning:', low: ':information_source:' } as const;

/** Slack's three control characters. Source: Slack, "Formatting text for app surfaces". */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Slack, and whatever takes Slack's incoming webhooks (Mattermost, Rocket.Chat, Discord's /slack). Limits: header 150, section 3,000, context 2,000 characters. */
export const slack = defineDestination({
  type: 'slack',
  description: 'A Slack incoming webhook, or anything that takes the same JSON.',
  config: v.strictObject({ type: v.literal('slack'), url: Secret }),
  secrets: ({ url }) => [url],
  request(notice, { url }, reveal) {
    const title = `[${notice.severity}] ${notice.title}`;
    const facts = Object.entries(notice.facts).map(([name, value]) => `${name}: ${String(value)}`);
    const small = [`rule ${notice.rule}`, `owner ${notice.owner}`, `callback ${notice.callbackId}`].join(' · ');
    return json(reveal(url), {
      text: cut(`${MARKS[notice.severity]} ${escaped(title)}`, 3_000),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: cut(title, 150) } },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: cut(escaped([notice.text, notice.why].filter(Boolean).join('\n')), 3_000) },
        },
        ...(facts.length > 0
          ? [{ type: 'section', text: { type: 'mrkdwn', text: cut(escaped(facts.join('\n')), 3_000) } }]
          : []),
        { type: 'context', elements: [{ type: 'mrkdwn', text: cut(escaped(small), 2_000) }] },
      ],
    });
  },
});
