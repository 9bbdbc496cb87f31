import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import { open } from '../services.ts';
import type { Settings } from '../settings/settings.ts';
import { passOn } from '../sinch/pass-through.ts';
import type { Secured } from './token.ts';

/** Calls that reach people, in any spelling of the path that a server may accept. */
const SENDS = /(^|\/)(messages|events)\s*:\s*send/;

/**
 * Everything under `/send` that has no route of its own: calls to the Conversation API of the configured project go to Sinch and
 * come back unchanged, streamed.
 * @throws AppError `not_supported` for other APIs, `not_found` for another project, `bad_request`, `sinch_unavailable`, `send_unsure`
 */
export async function passThrough(c: Context<Secured>): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const [, , version, projects, project, ...call] = pathname.split('/');
  if (version !== 'v1' || projects !== 'projects' || !project || call.length === 0)
    throw new AppError(
      'not_supported',
      'Signalbox passes on /send/v1/projects/{project}/… of the Conversation API only; send this request to Sinch itself',
    );
  const { apiUrl, projectId } = sinchFor(open(c.env).settings, decoded(project));
  const request = c.req.raw;
  checkCall(request.method, call.join('/'));
  const url = `${apiUrl}/v1/projects/${encodeURIComponent(projectId)}/${call.join('/')}${search}`;
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

/**
 * Checks that a call reaches no one unchecked.
 * @throws AppError `method_not_allowed`, `bad_request` for a disguised path, `not_supported` for a batch
 */
function checkCall(method: string, path: string): void {
  if (path === 'messages:send' || path === 'events:send')
    throw new AppError(
      'method_not_allowed',
      `${method} is not possible at ${path}; possible: POST`,
      {
        allow: ['POST'],
      },
    );
  const plain = decoded(path).replaceAll('\\', '/').toLowerCase();
  if (SENDS.test(plain) || /(^|\/)\.\.?(\/|$)/.test(plain))
    throw new AppError(
      'bad_request',
      'the path is not in its usual form: a message is sent by POST …/messages:send, without encoded characters or dot segments',
    );
  // The Batch API has this path on a host of its own. The Conversation API only lists messages here.
  if (method === 'POST' && /^\/*messages\/*$/.test(plain))
    throw new AppError(
      'not_supported',
      'Signalbox does not pass on batches; send each message by messages:send',
    );
}

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
