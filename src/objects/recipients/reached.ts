/** The newest message that reached a person by an app on a channel, and when the person read one last. Times are milliseconds since 1970. */
export type Reached = readonly [
  person: string,
  channel: string,
  app: string,
  status: string,
  at: number,
  messageId: string,
  readAt: number | null,
];

/** Returns one entry for each person, channel and app; of two deliveries the later one counts, of two at one time the first given. */
export function combined(entries: readonly Reached[]): readonly Reached[] {
  const found = new Map<string, Reached>();
  for (const entry of entries) {
    const key = JSON.stringify(entry.slice(0, 3));
    const known = found.get(key);
    if (!known) found.set(key, entry);
    else {
      const newest = entry[4] > known[4] ? entry : known;
      const reads = [entry[6], known[6]].filter((at) => at !== null);
      const [person, channel, app, status, at, messageId] = newest;
      const readAt = reads.length > 0 ? Math.max(...reads) : null;
      found.set(key, [person, channel, app, status, at, messageId, readAt]);
    }
  }
  return [...found.values()];
}
