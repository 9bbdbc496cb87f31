import { AppError } from '../errors.ts';

/** Waits for a promise, at most `timeout` milliseconds. @throws AppError `unavailable` after that */
export async function withTimeout<T>(timeout: number, answer: Promise<T>): Promise<T> {
  const deadline = openDeadline(timeout);
  try {
    return await deadline.before(answer);
  } finally {
    deadline.end();
  }
}

/** One time limit for several answers. */
export interface Deadline {
  /** Waits for a promise until the limit is reached. @throws AppError `unavailable` */
  readonly before: <T>(answer: Promise<T>) => Promise<T>;
  /** Stops the timer. */
  readonly end: () => void;
}

/** Starts a time limit of `timeout` milliseconds. */
export function openDeadline(timeout: number): Deadline {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('unavailable', `no answer within ${timeout} ms`)),
      timeout,
    );
  });
  return { before: (answer) => Promise.race([answer, late]), end: () => clearTimeout(timer) };
}
