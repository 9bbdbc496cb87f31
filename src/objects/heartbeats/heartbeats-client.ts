import { messageOf } from '../../errors.ts';
import type { Beat, HeartbeatState, Heartbeats } from './heartbeats.ts';

/** How often a report is tried: another callback that would repeat it may be long in coming. */
const TRIES = 3;

/** When callbacks of heartbeats last arrived. State: the one `Heartbeats` object. */
export interface HeartbeatsClient {
  /**
   * Reports that callbacks arrived: each heartbeat once in its `every` milliseconds for each isolate, so that most callbacks cost no call.
   * It never throws; a failed report is repeated with the next callback.
   */
  note(beats: readonly (Beat & { readonly every: number })[]): Promise<void>;
  read(): Promise<readonly HeartbeatState[]>;
  /** Sets when a heartbeat is silent for too long, unless a callback arrived after `last`. */
  defer(id: string, last: number, due: number): Promise<void>;
  forget(id: string): Promise<void>;
}

/** Opens the client. What an isolate has reported ends with the client. */
export function openHeartbeats(namespace: DurableObjectNamespace<Heartbeats>): HeartbeatsClient {
  const object = () => namespace.getByName('heartbeats');
  const reported = new Map<string, number>();
  return {
    async note(beats) {
      const due = beats.filter(
        ({ id, at, every }) => at - (reported.get(id) ?? Number.NEGATIVE_INFINITY) >= every,
      );
      if (due.length === 0) return;
      for (const { id, at } of due) reported.set(id, at);
      for (let left = TRIES; left > 0; left--) {
        try {
          return await object().note(due.map(({ id, at, due: until }) => ({ id, at, due: until })));
        } catch (error) {
          if (left > 1) continue;
          for (const { id } of due) reported.delete(id);
          // @event heartbeat.not-noted | The arrival of a callback could not be noted for a
          //   heartbeat; the next callback repeats it.
          console.error({ event: 'heartbeat.not-noted', message: messageOf(error) });
        }
      }
    },
    read: () => object().read(),
    defer: (id, last, due) => object().defer(id, last, due),
    forget: (id) => object().forget(id),
  };
}
