import * as v from 'valibot';
import { cut, defineDestination } from './destination.ts';
import { linesOf, partsOf } from './parts.ts';

const Address = v.pipe(v.string(), v.email('expected a mail address'));

/** A mail by Cloudflare Email. A subject is one line of at most 200 characters. */
export const email = defineDestination({
  type: 'email',
  description: 'A mail by Cloudflare Email; needs the binding EMAIL in wrangler.toml.',
  transport: 'email',
  incidents: false,
  maxBytes: 60_000,
  entries: {
    from: Address,
    to: v.union([Address, v.pipe(v.array(Address), v.nonEmpty('expected an address'))]),
  },
  secrets: () => [],
  request(message, { from, to }) {
    const parts = partsOf(message);
    const subject = cut(parts.heading.replace(/\s+/g, ' '), 200);
    const text = linesOf(parts).join('\n');
    return {
      via: 'email',
      from,
      to: Array.isArray(to) ? to : [to],
      subject,
      text,
      shows: [`Subject: ${subject}`, text],
    };
  },
});
