import { accessSync, constants, statfsSync } from 'node:fs';

const FOLDER = '/dev/shm';
/** Bytes that must be free: containers often have 64 MB, which the storage of a test run exceeds. */
const ENOUGH = 1 << 30;

/**
 * Returns a folder in memory for the storage of workerd, or undefined where the machine has none. workerd waits for the
 * disk after each write to a Durable Object or D1; most of the duration of a test was this.
 */
export function memoryFolder(): string | undefined {
  try {
    accessSync(FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(FOLDER);
    return bavail * bsize >= ENOUGH ? FOLDER : undefined;
  } catch {
    return undefined;
  }
}
