import { cut, defineDestination, json, Secret } from './destination.ts';
import { partsOf } from './parts.ts';

const MARKS = {
  critical: ':rotating_light:',
  high: ':warning:',
  low: ':information_source:',
} as const;

/** The most characters of the lines about other alerts: below a section's limit, escaped and with the tally. */
const MOST_OTHERS = 2_000;

/** Slack's three control characters. Source: Slack, "Formatting text for app surfaces". */
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Cuts the escaped text; a rest of an entity like `&am` at its end is removed. */
const mrkdwn = (text: string, most: number) => ({
  type: 'mrkdwn',
  text: cut(escaped(text), most).replace(/&[a-z]{0,3}…$/, '…'),
});
const section = (text: string) => ({ type: 'section', text: mrkdwn(text, 3_000) });

/**
 * Slack, and services that accept Slack's incoming webhooks (Mattermost, Rocket.Chat, Discord's /slack). Limits: header 150
 * characters, section 3,000, ten fields of 2,000, a URL 3,000. Source: Slack, "Reference: Blocks".
 */
export const slack = defineDestination({
  type: 'slack',
  description: 'A Slack incoming webhook, or a service that accepts the same JSON.',
  transport: 'http',
  incidents: false,
  maxBytes: 40_000,
  entries: { url: Secret },
  secrets: ({ url }) => [url],
  request(message, { url }, reveal) {
    const parts = partsOf(message, MOST_OTHERS);
    const mark = message.state === 'resolved' ? ':white_check_mark:' : MARKS[message.severity];
    const heading = cut(parts.heading, 150);
    const words = [parts.about, parts.text, parts.nextStep && `Next step: ${parts.nextStep}`]
      .filter(Boolean)
      .join('\n');
    const tally = [parts.tally, ...parts.others].join('\n');
    const about = [parts.sentence, parts.why && `Why: ${parts.why}`].filter(Boolean).join('\n');
    const facts = parts.facts
      .slice(0, 10)
      .map(([name, value]) => mrkdwn(`${name}: ${value}`, 2_000));
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: heading } },
      ...(words ? [section(words)] : []),
      section(tally),
      ...(facts.length > 0 ? [{ type: 'section', fields: facts }] : []),
      ...(about ? [section(about)] : []),
      ...(parts.link && parts.link.length <= 3_000
        ? [
            {
              type: 'actions',
              elements: [
                { type: 'button', text: { type: 'plain_text', text: 'Explain' }, url: parts.link },
              ],
            },
          ]
        : []),
      { type: 'context', elements: [mrkdwn(parts.footer, 2_000)] },
    ];
    const shows = [
      heading,
      ...[words, tally].filter(Boolean),
      ...facts.map(({ text }) => text),
      ...(about ? [about] : []),
      ...(parts.link ? [`[Explain] ${parts.link}`] : []),
      parts.footer,
    ];
    return json(
      reveal(url),
      { text: cut(`${mark} ${escaped(parts.heading)}`, 3_000), blocks },
      shows,
    );
  },
});
