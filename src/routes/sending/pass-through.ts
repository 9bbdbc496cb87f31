import type { Context } from 'hono';
import { AppError } from '../../errors.ts';
import { open } from '../../services.ts';
import type { Settings } from '../../settings/settings.ts';
import { passOn } from '../../sinch/pass-through.ts';
import type { Secured } from '../token.ts';

type Sinch = NonNullable<Settings['sinch']>;

/** An API of Sinch that is passed on. */
interface Api {
  /** Its versions in the path. */
  readonly versions: readonly string[];
  /** Its address. */
  readonly url: (sinch: Sinch) => string;
  /** Checks that a call reaches no one unchecked. `plain` is the path without encoding, in lower case. @throws AppError */
  readonly check: (method: string, path: string, plain: string) => void;
}

/** Calls that reach people, in any spelling of the path that a server may accept. */
const SENDS = /(^|\/)(messages|events)\s*:\s*send/;
/** The path of a batch, and of the list of messages on the Conversation API. */
const MESSAGES = /^\/*messages\/*$/;

/** The APIs by the part of the path behind `/send`. */
const APIS: Readonly<Record<string, Api>> = {
  '': {
    versions: ['v1'],
    url: ({ apiUrl }) => apiUrl,
    check(method, path, plain) {
      if (path === 'messages:send' || path === 'events:send') throw usePost(method, path);
      if (SENDS.test(plain)) throw disguised('POST …/messages:send');
      // The Batch API has this path on a host of its own. The Conversation API only lists messages here.
      if (method === 'POST' && MESSAGES.test(plain))
        throw new AppError(
          'not_supported',
          'a batch goes to /send/batch/v1/projects/{project}/messages; the Conversation API only lists messages here',
        );
    },
  },
  batch: {
    versions: ['v1'],
    url: ({ batchUrl }) => batchUrl,
    check(method, _, plain) {
      if (SENDS.test(plain) || (method === 'POST' && MESSAGES.test(plain)))
        throw disguised('POST …/messages');
    },
  },
  template: { versions: ['v1', 'v2'], url: ({ templateUrl }) => templateUrl, check: () => {} },
};

/** A call that is passed on: its API, and the parts of its path. */
interface Call {
  readonly api: Api;
  readonly version: string;
  readonly project: string;
  readonly path: string;
}

/**
 * Everything under `/send` that has no route of its own: calls to the APIs of the configured project go to Sinch and come back
 * unchanged, streamed. `/v1/projects/…` without `/send` is the same: the .NET SDK drops the path of its base URL in some calls.
 * @throws AppError `not_supported` for other APIs, `not_found` for another project, `bad_request`, `sinch_unavailable`, `send_unsure`
 */
export async function passThrough(c: Context<Secured>): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const call = readCall(pathname);
  if (!call)
    throw new AppError(
      'not_supported',
      'Signalbox passes on /send/v1/projects/{project}/… (Conversation API), /send/batch/v1/projects/{project}/… and /send/template/v1|v2/projects/{project}/… only; send this request to Sinch itself',
    );
  const { api, version, path } = call;
  const sinch = sinchFor(open(c.env).settings, decoded(call.project));
  const request = c.req.raw;
  const plain = decoded(path).replaceAll('\\', '/').toLowerCase();
  api.check(request.method, path, plain);
  if (/(^|\/)\.\.?(\/|$)/.test(plain)) throw disguised('POST …/messages:send');
  const url = `${api.url(sinch)}/${version}/projects/${encodeURIComponent(sinch.projectId)}/${path}${search}`;
  try {
    return await passOn(request, url);
  } catch {
    if (request.method === 'GET' || request.method === 'HEAD')
      throw new AppError('sinch_unavailable', 'Sinch: no answer');
    throw new AppError(
      'send_unsure',
      'Sinch gave no answer, so the request may have been carried out: check before you repeat it',
    );
  }
}

/** Returns the call that a path names; `undefined` where it belongs to no API that is passed on. */
function readCall(pathname: string): Call | undefined {
  const [, first = '', ...rest] = pathname.split('/');
  const parts = first === 'send' ? rest : [first, ...rest];
  const name = parts[0] !== undefined && Object.hasOwn(APIS, parts[0]) ? parts[0] : '';
  const [version = '', projects, project, ...call] = name === '' ? parts : parts.slice(1);
  const api = APIS[name];
  if (!api?.versions.includes(version)) return undefined;
  if (projects !== 'projects' || !project || call.length === 0) return undefined;
  return { api, version, project, path: call.join('/') };
}

/** Returns the access to the project of a request. @throws AppError `not_configured`, `not_found` for another project */
export function sinchFor(
  { sinch }: Settings,
  project: string | undefined,
): NonNullable<Settings['sinch']> {
  if (!sinch) throw new AppError('not_configured', 'setting SINCH_PROJECT_ID: is not set');
  if (project === sinch.projectId) return sinch;
  throw new AppError(
    'not_found',
    'this Signalbox sends for another project (setting SINCH_PROJECT_ID)',
  );
}

const usePost = (method: string, path: string): AppError =>
  method === 'POST'
    ? new AppError('bad_request', `${path} is at POST /send/v1/projects/{project}/${path}`)
    : new AppError('method_not_allowed', `${method} is not possible at ${path}; possible: POST`, {
        allow: ['POST'],
      });

const disguised = (usual: string): AppError =>
  new AppError(
    'bad_request',
    `the path is not in its usual form: a message is sent by ${usual}, without encoded characters or dot segments`,
  );

/** Returns a text without percent encoding, however often it was applied. @throws AppError `bad_request` */
function decoded(text: string): string {
  let plain = decodedOnce(text);
  if (plain === undefined)
    throw new AppError('bad_request', 'path: the percent encoding is invalid');
  for (
    let next = decodedOnce(plain);
    next !== undefined && next !== plain;
    next = decodedOnce(next)
  )
    plain = next;
  return plain;
}

function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
