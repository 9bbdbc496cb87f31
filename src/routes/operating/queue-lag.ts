/** The number of messages on a queue, and the age of the oldest in seconds. */
export async function lag(
  queue: Pick<Queue, 'metrics'>,
): Promise<{ waiting: number; oldest_seconds: number }> {
  const { backlogCount, oldestMessageTimestamp } = await queue.metrics();
  const oldest =
    backlogCount > 0 && oldestMessageTimestamp
      ? (Date.now() - oldestMessageTimestamp.getTime()) / 1000
      : 0;
  return { waiting: backlogCount, oldest_seconds: Math.max(0, Math.round(oldest)) };
}
