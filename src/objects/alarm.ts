const HOUR = 3_600_000;

/**
 * Sets an object's alarm, `at` by our clock. Where the runtime's clock is ahead of ours, it takes an alarm for its past and
 * rings at once, and again; then the alarm is set as far ahead by its clock instead. A test's clock that stands still is such a one.
 */
export async function arm(storage: DurableObjectStorage, at: number): Promise<void> {
  const wait = at - Date.now();
  // First of all, so that it is stored together with whatever was written just before.
  await storage.setAlarm(at);
  const set = await storage.getAlarm();
  if (wait > 0 && set !== null && set > at) await storage.setAlarm(set + wait);
}

/** Sees that an alarm is set: what is past its time goes once an hour, or after `delay` milliseconds. An earlier alarm stays. */
export async function armSweep(storage: DurableObjectStorage, delay = HOUR): Promise<void> {
  if ((await storage.getAlarm()) === null) await arm(storage, Date.now() + delay);
}
