import * as v from 'valibot';
import { type AlertMessage, cut, defineDestination, Secret } from './destination.ts';
import { partsOf } from './parts.ts';

/** The most characters: three parts of an SMS. */
const MOST = 450;

/** The most characters of the names of other alerts. */
const MOST_NAMES = 160;

/** "Also: A, B and 3 more", as many names as fit. */
function namesWithin({ names, more }: AlertMessage, most: number): string {
  if (names.length === 0) return '';
  const shown: string[] = [];
  for (const name of names) {
    if ([...shown, name].join(', ').length > most) break;
    shown.push(name);
  }
  const left = names.length - shown.length + more;
  const listed = shown.length === 0 ? '' : `Also: ${shown.join(', ')}`;
  if (left === 0) return listed;
  return listed === '' ? `Also: ${left} others` : `${listed} and ${left} more`;
}

/** An SMS or a WhatsApp message by Sinch, subject to consent and throttle like any send. */
export const sinch = defineDestination({
  type: 'sinch',
  description:
    'An SMS or WhatsApp message by Sinch, to the numbers in a secret (comma-separated). WhatsApp needs a template outside of a conversation.',
  transport: 'sinch',
  incidents: false,
  maxBytes: 4_000,
  entries: {
    app_id: v.pipe(v.string(), v.nonEmpty()),
    channel: v.picklist(['SMS', 'WHATSAPP']),
    to: Secret,
    template: v.optional(
      v.strictObject({
        id: v.string(),
        version: v.optional(v.string(), 'latest'),
        language: v.string(),
        /** The template parameter for the text. */
        parameter: v.string(),
      }),
    ),
  },
  secrets: ({ to }) => [to],
  request(alertMessage, { app_id: appId, channel, to, template }, reveal) {
    const parts = partsOf(alertMessage);
    const tail = [
      parts.about,
      namesWithin(alertMessage, MOST_NAMES),
      parts.nextStep && `Next: ${parts.nextStep}`,
      parts.tally,
      parts.link,
      parts.facts.map(([name, value]) => `${name} ${value}`).join(', '),
      `Rule ${alertMessage.rule} (${alertMessage.owner}): ${alertMessage.sentence}`,
    ].filter((text) => text !== '');
    // A parameter of a WhatsApp template must not contain a line break.
    const text = cut([parts.heading, ...tail].join(template ? ' | ' : '\n'), MOST);
    const message = template
      ? {
          template_message: {
            omni_template: {
              template_id: template.id,
              version: template.version,
              language_code: template.language,
              parameters: { [template.parameter]: text.replace(/\s+/g, ' ') },
            },
          },
        }
      : { text_message: { text } };
    const identities = reveal(to)
      .split(',')
      .map((number) => number.trim())
      .filter((number) => number !== '');
    return { via: 'sinch', appId, channel, identities, message, shows: [text] };
  },
});
