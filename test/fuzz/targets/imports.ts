import fc from 'fast-check';
import { importRecipients } from '../../../src/api/consent/import.ts';
import { authorizationOf } from '../bench.ts';
import { documented } from './statuses.ts';
import { defineTarget } from './target.ts';

const STATUSES = documented(importRecipients);

const COLUMNS = [
  'channel',
  'identity',
  'app_id',
  'to',
  'scope',
  'at',
  'words',
  'evidence',
  'foreign',
  '"',
  '',
] as const;
const cell = fc.oneof(
  fc.constantFrom('SMS', 'sms', 'WHATSAPP', 'MESSENGER', 'NOWHERE', ''),
  fc.constantFrom('46700990001', '+46 700 99 00 02', 'US.13491208655302741918', '0700', 'x'),
  fc.constantFrom(
    'out',
    'in',
    'all',
    'marketing',
    '2026-01-01T00:00:00Z',
    '1970-01-01',
    'tomorrow',
  ),
  fc.constantFrom(
    'private words 3 of a person',
    '"quoted"',
    'a "stray quote',
    'line\nbreak',
    '\u0000',
    '\uFEFF',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const csv = fc
  .tuple(
    fc.oneof(
      fc.constant(['channel', 'identity', 'to', 'at', 'words']),
      fc.array(fc.constantFrom(...COLUMNS), { maxLength: 8 }),
    ),
    fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 30 }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([header, rows, separator, end]) =>
    [header, ...rows]
      .map((row) =>
        row
          .map((one) => (/["\n,;]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one))
          .join(separator),
      )
      .join(end),
  );
const ndjson = fc
  .array(
    fc.oneof(
      fc
        .dictionary(fc.constantFrom(...COLUMNS), fc.oneof(cell, fc.jsonValue({ maxDepth: 1 })))
        .map((row) => JSON.stringify(row)),
      cell,
    ),
    { maxLength: 30 },
  )
  .map((lines) => lines.join('\n'));

/** As bytes of an encoding, some of them broken. */
const bytes = fc
  .tuple(
    fc.oneof(csv, ndjson),
    fc.constantFrom('utf8', 'utf16le', 'latin1'),
    fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 2 }),
  )
  .map(([text, encoding, flips]) => {
    const made = new Uint8Array(
      Buffer.from(encoding === 'utf16le' ? `\uFEFF${text}` : text, encoding as BufferEncoding),
    ); // one of the three above
    for (const [at, byte] of flips) if (made.length > 0) made[at % made.length] = byte;
    return made;
  });

/** Lists of people in CSV and NDJSON, of any encoding, right and wrong. */
export const imports = defineTarget({
  name: 'imports',
  share: 2,
  inputs: fc.record({
    body: bytes,
    type: fc.constantFrom(
      'text/csv',
      'application/x-ndjson',
      'application/json',
      'text/csv; charset=utf-16',
      '',
    ),
    query: fc.constantFrom(
      'name=list&actor=fuzz&reason=fuzz',
      'name=list&actor=fuzz&reason=fuzz&dry_run=true',
      'name=list&actor=fuzz&reason=fuzz&allow_invalid=true',
      'name=list&actor=fuzz&reason=fuzz&allow_invalid=true&from_line=3',
      'name=a/b&actor=&reason=fuzz',
      '',
    ),
    caller: fc.constantFrom('owner', 'owner', 'admin', 'read'),
  }),
  run: ({ body, type, query, caller }, bench) =>
    bench.ask(
      {
        method: 'POST',
        path: `/v1/recipients/import?${query}`,
        headers: { ...(type === '' ? {} : { 'content-type': type }), ...authorizationOf(caller) },
        body,
      },
      STATUSES,
    ),
});
