import { Hono } from 'hono';
import {
  type DescribeRouteOptions,
  describeRoute,
  type GenerateSpecOptions,
  generateSpecs,
  resolver,
  validator,
} from 'hono-openapi';
import * as v from 'valibot';
import { groups, operations } from '../../api/index.ts';
import { type Content, type Operation, Problem, problemStatuses } from '../../api/operation.ts';
import { SinchProblem } from '../../api/sending/send.ts';
import { nameSchemas } from './named-schemas.ts';

const DOCUMENT: Partial<GenerateSpecOptions['documentation']> = {
  openapi: '3.1.0',
  info: {
    title: 'Signalbox',
    version: '1',
    description:
      'Rules at the edge for Sinch Conversation API callbacks. Errors are RFC 9457 problems with a stable `code`. Moments are ISO 8601 in UTC.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  components: {
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        description: 'API_TOKEN, or a token of API_TOKENS with the role.',
      },
      sinch: {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description: 'What you send to Sinch today: its OAuth2 token, or Basic.',
      },
      signature: {
        type: 'apiKey',
        in: 'header',
        name: 'x-sinch-webhook-signature',
        description:
          'Sinch’s signature; timestamp, nonce and algorithm stand in headers beside it.',
      },
    },
  },
};

/** What a status means where an operation says nothing more exact. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read; `detail` names the place.',
  401: 'No token, or a wrong one.',
  403: 'The token has not the role.',
  404: 'There is no such thing.',
  409: 'The state has changed, or there is nothing to change.',
  413: 'The body is too large.',
  415: 'The body is compressed (`Content-Encoding`).',
  422: 'The request can be read, but not carried out; `detail` states why.',
  429: 'Too many requests; `Retry-After` says when to try again.',
  500: 'A bug in Signalbox; its log has the details.',
  503: 'Our own trouble; the same request may succeed later.',
};

/** Returns the OpenAPI document, generated from the schemas that the routes parse with. */
export async function openApiDocument(): Promise<object> {
  const app = new Hono();
  for (const [group, { operations }] of Object.entries(groups)) {
    for (const operation of operations satisfies readonly Operation[] as readonly Operation[]) {
      const { method, path, params = {}, query = {}, body } = operation;
      const inputs = [
        ...(Object.keys(params).length > 0 ? [validator('param', v.object(params))] : []),
        ...(Object.keys(query).length > 0 ? [validator('query', v.object(query))] : []),
        ...(body && isSchema(body) ? [validator('json', body)] : []),
      ];
      app.on(
        method.toUpperCase(),
        path,
        describeRoute(described(operation, group)),
        ...inputs,
        (c) => c.body(null),
      );
    }
  }
  const all: readonly Operation[] = operations;
  const used = new Set(all.filter(({ role }) => role !== 'sinch').flatMap(problemStatuses));
  const responses = Object.fromEntries(
    Object.entries(PROBLEMS)
      .filter(([status]) => used.has(Number(status)))
      .map(([status, description]) => [status, { description, content: contentOf(Problem) }]),
  );
  const tags = Object.entries(groups).map(([name, { about }]) => ({ name, description: about }));
  const specs = await generateSpecs(app, {
    documentation: { ...DOCUMENT, tags, components: { ...DOCUMENT.components, responses } },
  });
  return nameSchemas(specs, operations);
}

type Schema = Exclude<Content, { readonly description: string }>;
const isSchema = (content: Content): content is Schema => !('description' in content);

function described(operation: Operation, group: string): DescribeRouteOptions {
  const { name, role, summary, description, body, responses } = operation;
  return {
    tags: [group],
    operationId: name,
    summary,
    description: [description, roleWords(role)].filter(Boolean).join('\n\n'),
    security: securityOf(role),
    responses: {
      ...Object.fromEntries(
        problemStatuses(operation).map((status) => [
          status,
          role === 'sinch'
            ? { description: PROBLEMS[status] ?? '', content: contentOf(SinchProblem) }
            : { $ref: `#/components/responses/${status}` },
        ]),
      ),
      ...(role === 'sinch' && {
        default: {
          description: 'Sinch’s own answer, unchanged.',
          content: bare('application/json'),
        },
      }),
      ...(role === 'open' && {
        '4XX': { description: 'Only from Cloudflare in front of the Worker.' },
      }),
      ...Object.fromEntries(
        Object.entries(responses).map(([status, { description, content }]) => [
          status,
          // A 304 has no body. Any other status without a body of its own is a plain problem.
          { description, ...(status !== '304' && { content: contentOf(content ?? Problem) }) },
        ]),
      ),
    },
    ...(body &&
      !isSchema(body) && {
        requestBody: { required: true, description: body.description, content: bare(body.type) },
      }),
  };
}

const bare = (type: string) => ({ [type]: { schema: {} } });

function contentOf(content: Content) {
  if (!isSchema(content)) return bare(content.type);
  return {
    [isProblem(content) ? 'application/problem+json' : 'application/json']: {
      schema: resolver(content),
    },
  };
}

/** Returns whether a schema is a problem, possibly with more fields. */
const isProblem = (schema: Schema): boolean =>
  'entries' in schema &&
  typeof schema.entries === 'object' &&
  schema.entries !== null &&
  ['title', 'code', 'detail'].every((name) => name in (schema.entries as object));

function roleWords(role: Operation['role']): string {
  if (role === 'open') return 'Needs no token.';
  if (role === 'signed') return 'Needs Sinch’s signature.';
  if (role === 'sinch') return 'Needs the Authorization that Sinch takes.';
  return `Needs a token with the role \`${role}\`.`;
}

function securityOf(role: Operation['role']): { [scheme: string]: string[] }[] {
  if (role === 'open') return [];
  if (role === 'signed') return [{ signature: [] }];
  return [role === 'sinch' ? { sinch: [] } : { token: [] }];
}
