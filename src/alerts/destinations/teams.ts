import { cut, defineDestination, json, Secret } from './destination.ts';
import { partsOf } from './parts.ts';

const COLORS = { critical: 'attention', high: 'warning', low: 'accent' } as const;

/** The most characters of each part: together below the 28 KB of a Teams message, even at four bytes a character. */
const MOST = {
  heading: 200,
  text: 1_500,
  others: 1_200,
  fact: 200,
  facts: 10,
  link: 2_000,
} as const;

/** Escapes Markdown, which Adaptive Cards read in text blocks: a callback's text must not become a link or a heading. */
const plain = (text: string, most: number): string =>
  cut(text, most).replace(/([\\`*_[\]()#>~|])/g, '\\$1');

const block = (text: string, more: object = {}) => ({
  type: 'TextBlock',
  text: plain(text, MOST.text),
  wrap: true,
  ...more,
});

/** Microsoft Teams by a workflow ("Post to a channel when a webhook request is received"): an adaptive card. */
export const teams = defineDestination({
  type: 'teams',
  description: 'A Microsoft Teams workflow webhook: an adaptive card.',
  transport: 'http',
  incidents: false,
  maxBytes: 28 * 1_024,
  entries: { url: Secret },
  secrets: ({ url }) => [url],
  request(message, { url }, reveal) {
    const parts = partsOf(message, MOST.others);
    const heading = cut(parts.heading, MOST.heading);
    const texts = [
      parts.about,
      parts.text,
      parts.nextStep && `Next step: ${parts.nextStep}`,
      parts.tally,
      parts.others.join('\n\n'),
    ].filter((text) => text !== '');
    const facts = parts.facts
      .slice(0, MOST.facts)
      .map(([title, value]) => ({ title: cut(title, MOST.fact), value: plain(value, MOST.fact) }));
    const about = [parts.sentence, parts.why && `Why: ${parts.why}`].filter(Boolean);
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        block(parts.heading, {
          text: plain(heading, MOST.heading),
          size: 'large',
          weight: 'bolder',
          color: message.state === 'resolved' ? 'good' : COLORS[message.severity],
        }),
        ...texts.map((text) => block(text)),
        ...(facts.length > 0 ? [{ type: 'FactSet', facts }] : []),
        ...about.map((text) => block(text, { isSubtle: true })),
        block(parts.footer, { isSubtle: true, size: 'small' }),
      ],
      ...(parts.link && parts.link.length <= MOST.link
        ? { actions: [{ type: 'Action.OpenUrl', title: 'Explain', url: parts.link }] }
        : {}),
    };
    const card = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content,
    };
    const shows = [
      heading,
      ...texts,
      ...parts.facts
        .slice(0, MOST.facts)
        .map(([name, value]) => `${name}  ${cut(value, MOST.fact)}`),
      ...about,
      parts.footer,
      ...(parts.link ? [`[Explain] ${parts.link}`] : []),
    ];
    return json(reveal(url), { type: 'message', attachments: [card] }, shows);
  },
});
