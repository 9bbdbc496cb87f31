/** Something that happens at a time; of the same time, `tie` decides, then the order of entry. */
export interface Timed {
  readonly at: number;
  readonly tie: number;
  readonly seq: number;
}

/** A queue that gives the earliest entry first. */
export interface Heap<T extends Timed> {
  readonly push: (entry: T) => void;
  readonly pop: () => T | undefined;
  readonly peek: () => T | undefined;
}

const before = (a: Timed, b: Timed): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.seq < b.seq;

/** Opens an empty queue: a binary heap. */
export function openHeap<T extends Timed>(): Heap<T> {
  const entries: T[] = [];
  return {
    peek: () => entries[0],
    push(entry) {
      // Entries that come later move down, until the place of the new one is free.
      let at = entries.push(entry) - 1;
      while (at > 0) {
        const above = (at - 1) >> 1;
        const other = entries[above];
        if (other === undefined || !before(entry, other)) break;
        entries[at] = other;
        at = above;
      }
      entries[at] = entry;
    },
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (last === undefined || entries.length === 0) return first;
      // Entries that come earlier than the last one move up, until its place is free.
      for (let at = 0; ; ) {
        const [left, right] = [entries[2 * at + 1], entries[2 * at + 2]];
        const isRight = left !== undefined && right !== undefined && before(right, left);
        const next = isRight ? right : left;
        if (next === undefined || !before(next, last)) {
          entries[at] = last;
          return first;
        }
        entries[at] = next;
        at = 2 * at + (isRight ? 2 : 1);
      }
    },
  };
}
