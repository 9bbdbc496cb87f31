const HOUR = 3_600_000;

/**
 * Sets an object's alarm to `at`, by the clock of this code. A runtime whose clock is ahead, as with
 * a fake clock in tests, would take that time for past and call at once; then the alarm is set as
 * far ahead by its own clock.
 */
export async function setAlarm(storage: DurableObjectStorage, at: number): Promise<void> {
  const wait = at - Date.now();
  // The alarm is stored in the same transaction as the writes before it.
  await storage.setAlarm(at);
  const set = await storage.getAlarm();
  if (wait > 0 && set !== null && set > at) await storage.setAlarm(set + wait);
}

/** Sets the alarm to `at`, unless one is set that rings before. */
export async function ensureAlarmBy(storage: DurableObjectStorage, at: number): Promise<void> {
  const alarm = await storage.getAlarm();
  if (alarm === null || alarm > at) await setAlarm(storage, at);
}

/** Sets an alarm in an hour, or in `delay` milliseconds, unless one is set: the object then removes what has expired. */
export async function ensureAlarm(storage: DurableObjectStorage, delay = HOUR): Promise<void> {
  if ((await storage.getAlarm()) === null) await setAlarm(storage, Date.now() + delay);
}
