import { operations } from '../../src/api/index.ts';
import { documents, type Operation } from '../../src/api/operation.ts';

/** The operations with a pattern of their paths. Fixed paths come first: `/import` also suits `/:identity`. */
const patterns = operations
  .map((operation: Operation) => ({
    operation,
    pattern: new RegExp(
      `^${operation.path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\/:\w+/g, '/[^/]+')}$`,
    ),
  }))
  .toSorted((a, b) => a.operation.path.split(':').length - b.operation.path.split(':').length);

/** Returns the operation that answers a request; none for a path that is no operation. */
export const operationAt = (method: string, path: string): Operation | undefined =>
  patterns.find(
    ({ operation, pattern }) => operation.method === method.toLowerCase() && pattern.test(path),
  )?.operation;

/** The mark of our own problems: with any other answer on `/send`, Sinch's own status passes through. */
const OURS = 'urn:signalbox:problem:';

/**
 * Checks that an answer has a status that its operation documents, and returns the answer. Every answer that a worker test
 * observes is checked, so that an operation cannot answer a status that its description leaves out.
 * @throws Error naming operation and status
 */
export async function checkDocumented(
  method: string,
  path: string,
  response: Response,
): Promise<Response> {
  const { pathname } = new URL(path, 'https://signalbox.test');
  const operation = operationAt(method, pathname);
  if (!operation || documents(operation, response.status)) return response;
  const text = await response.clone().text();
  if (operation.role === 'sinch' && !text.includes(OURS)) return response;
  throw new Error(
    `${method} ${operation.path} answers ${response.status}, which the operation does not document: ${text}`,
  );
}
