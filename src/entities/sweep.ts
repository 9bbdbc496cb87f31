const HOUR = 3_600_000;

/** Sees that an alarm is set: what is past its time goes once an hour, or after `delay` milliseconds. An earlier alarm stays. */
export async function armSweep(storage: DurableObjectStorage, delay = HOUR): Promise<void> {
  if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + delay);
}
