import { MAX_BYTES } from '../callbacks/callback.ts';
import { AppError, type ErrorCode } from '../errors.ts';

/** Reads a request body of at most `most` bytes. @throws AppError `code` (default `too_large`) for a larger body */
export async function readBody(
  request: Request,
  most = MAX_BYTES,
  code: ErrorCode = 'too_large',
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError(code, `the body is larger than ${most} bytes`);
  const said = Number(request.headers.get('content-length') ?? Number.NaN);
  if (said > most) throw tooLarge();
  // The runtime enforces a declared length; only a chunked body has to be counted.
  if (!Number.isNaN(said) || !request.body) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
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
