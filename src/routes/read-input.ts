import * as v from 'valibot';
import { formOf, said } from '../api/issue-message.ts';
import { readBody } from '../callbacks/callback.ts';
import { AppError } from '../errors.ts';

/** Reads the JSON body of a request by a schema. @throws AppError `bad_request` naming the field and the expected form, `too_large` */
export async function readJson<T extends object>(
  schema: v.GenericSchema<unknown, T>,
  request: Request,
  maxBytes?: number,
): Promise<T> {
  const text = new TextDecoder().decode(await readBody(request, maxBytes));
  const form = () => formOf(schema);
  const value = parse(text, form);
  const body = read(schema, value, 'body', form);
  // An object without required members accepts a list, too.
  if (Array.isArray(value))
    throw new AppError('bad_request', 'body: expected an object', expecting(form));
  return body;
}

/**
 * Reads a value by a schema. The message never repeats what was received, because it may identify a person.
 * @throws AppError `bad_request` naming the field; `whole` names the value itself, and `form` states what is expected
 */
export function read<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  whole: string,
  form?: () => string,
): T {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new AppError('bad_request', said(parsed.issues[0], whole), expecting(form));
}

const expecting = (form?: () => string) => (form ? { details: { expected: form() } } : {});

function parse(body: string, form: () => string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AppError('bad_request', 'body: is not JSON', expecting(form));
  }
}

/** Checks that a body is not compressed. Callbacks are not checked: Sinch drops a callback that gets a 4xx. @throws AppError `unsupported_encoding` */
export function checkEncoding({ headers }: Request): void {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return;
  throw new AppError(
    'unsupported_encoding',
    'Content-Encoding: a body is only accepted as it is, without compression',
  );
}
