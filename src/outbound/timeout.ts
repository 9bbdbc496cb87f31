import { AppError } from '../errors.ts';

/** Waits for an answer no longer than `patience` milliseconds. @throws AppError `unavailable` when it did not come in time */
export async function withTimeout<T>(patience: number, answer: Promise<T>): Promise<T> {
  const deadline = openDeadline(patience);
  try {
    return await deadline.before(answer);
  } finally {
    deadline.end();
  }
}

/** One time limit for several answers. */
export interface Deadline {
  /** Waits for an answer until the time is over. @throws AppError `unavailable` */
  readonly before: <T>(answer: Promise<T>) => Promise<T>;
  /** To be called when nothing is waited for any more. */
  readonly end: () => void;
}

/** Opens a time limit that is over in `patience` milliseconds. */
export function openDeadline(patience: number): Deadline {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('unavailable', `no answer within ${patience} ms`)),
      patience,
    );
  });
  return { before: (answer) => Promise.race([answer, late]), end: () => clearTimeout(timer) };
}
