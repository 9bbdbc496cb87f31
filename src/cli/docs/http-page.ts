import { groups } from '../../api/index.ts';
import type { Operation } from '../../api/operation.ts';
import { ERRORS } from '../../errors.ts';
import { convert, partsOf } from '../../rules/schema/convert.ts';
import { code, table, yesNo } from './markdown.ts';
import type { ReferencePage } from './page.ts';
import { describeKeys } from './schema-words.ts';

/** All operations of the HTTP API, by group, and the codes of errors. */
export const httpPage: ReferencePage = {
  name: 'http',
  title: 'HTTP API',
  intro: `\`/openapi.json\` of a running Worker (OpenAPI 3.1) describes each operation with its request and response schemas, and \`/docs\` displays it. \`/v1/*\` needs \`Authorization: Bearer <token>\` with a token that has the stated role; [Operators](../operators.md#tokens) describes the roles. Times are ISO 8601 in UTC; a query that takes a time also takes a duration before now, such as \`7d\`. Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`; the last section lists the codes. Besides the statuses below, an operation may respond 400, 401, 403, 404, 409 or 503.`,
  body: () =>
    [
      ...Object.entries(groups).flatMap(([group, { operations }]) => [
        `## ${group}`,
        ...operations.map(section),
      ]),
      '## Error codes',
      table(
        ['code', 'status', 'may succeed later unchanged'],
        Object.entries(ERRORS).map(([name, { status, retryable }]) => [
          code(name),
          String(status),
          yesNo(retryable),
        ]),
      ),
    ].join('\n\n'),
};

const ACCESS: Readonly<Record<string, string>> = {
  open: 'no token',
  signed: 'a signature by Sinch',
  sinch: 'the Authorization that Sinch accepts',
};

function section(operation: Operation): string {
  const { method, path, role, summary, description, query, body, responses } = operation;
  const route = `${method.toUpperCase()} ${path.replace(/\/:(\w+)/g, '/{$1}')}`;
  const names = Object.keys(query ?? {}).map(code);
  const lines = [
    `Needs: ${ACCESS[role] ?? `role ${code(role)}`}`,
    ...(names.length > 0 ? [`Query: ${names.join(', ')}`] : []),
    ...describeBody(body),
    ...Object.entries(responses).map(([status, { description: words }]) => `${status}: ${words}`),
  ];
  return [
    `### ${code(route)}`,
    [summary.replace(/([^.?!])$/, '$1.'), description].filter(Boolean).join(' '),
    lines.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n');
}

/** Returns the line about the body, where the operation has one: its keys, or its content type. */
function describeBody(body: Operation['body']): readonly string[] {
  if (!body) return [];
  if (!('kind' in body)) return [`Body: ${code(body.type)}: ${body.description}`];
  const schema = convert(body);
  return Object.keys(partsOf(schema)).length > 0 ? [`Body: ${describeKeys(schema)}`] : [];
}
