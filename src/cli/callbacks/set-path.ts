import { AppError } from '../../errors.ts';

/** What a text means after `=`. */
export type Assigned = string | number | boolean | object | undefined;

/** Reads `path=value`: the value as JSON where it is JSON, else as the text it is. @throws AppError `bad_request` */
export function assignment(text: string): {
  readonly path: string;
  readonly value: Assigned;
  readonly written: string;
} {
  const at = text.indexOf('=');
  if (at < 1) throw new AppError('bad_request', `"${text}": expected path=value`);
  const written = text.slice(at + 1);
  return { path: text.slice(0, at), value: jsonOrText(written), written };
}

function jsonOrText(written: string): Assigned {
  try {
    const value: Assigned = JSON.parse(written);
    return value;
  } catch {
    return written;
  }
}

/**
 * Sets a value deep in a JSON body; objects on the way are made where they are missing. `a.b.0` reaches into lists.
 * @param written the value as it was typed: it stays that where a text stood and a number would come
 * @throws AppError `bad_request` where the path leads through a text or a number
 */
export function setPath(body: object, path: string, value: unknown, written?: string): void {
  const keys = path.split('.');
  const last = keys.pop() ?? path;
  let at: object = body;
  for (const key of keys) {
    const next: unknown = Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
    if (next !== undefined && next !== null && typeof next !== 'object') {
      throw new AppError(
        'bad_request',
        `${path}: "${key}" holds ${JSON.stringify(next)}, there is nothing below it`,
      );
    }
    const inner = next ?? {};
    put(at, key, inner);
    at = inner;
  }
  // A phone number in place of a text stays a text, although it could be read as a number.
  const text =
    Object.hasOwn(at, last) &&
    typeof Reflect.get(at, last) === 'string' &&
    typeof value === 'number';
  put(at, last, text && written !== undefined ? written : value);
}

/** Defined, not assigned: `__proto__` is a key like any other. */
function put(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
