import { AppError } from '../../errors.ts';

/** The value after `=`. */
export type Assigned = string | number | boolean | object | undefined;

/**
 * Parses `path=value`; the value is JSON, or text if it is not valid JSON.
 * @throws AppError `bad_request`
 */
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
 * Sets a value in a JSON body and creates missing objects on the path. `a.b.0` indexes a list.
 * @param written the typed text: it is kept where a text would become a number
 * @throws AppError `bad_request` if the path leads through a text or a number
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
  // A phone number that replaces a text stays a text.
  const text =
    Object.hasOwn(at, last) &&
    typeof Reflect.get(at, last) === 'string' &&
    typeof value === 'number';
  put(at, last, text && written !== undefined ? written : value);
}

/** Defines instead of assigns, so that `__proto__` is an ordinary key. */
function put(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
