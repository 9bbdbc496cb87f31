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
  const swap = (i: number, j: number): void => {
    const [one, two] = [entries[i], entries[j]];
    if (one === undefined || two === undefined) return;
    entries[i] = two;
    entries[j] = one;
  };
  const isBefore = (i: number, j: number): boolean => {
    const [one, two] = [entries[i], entries[j]];
    return one !== undefined && two !== undefined && before(one, two);
  };
  return {
    peek: () => entries[0],
    push(entry) {
      let at = entries.push(entry) - 1;
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (!isBefore(at, above)) return;
        swap(at, above);
        at = above;
      }
    },
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (last === undefined || entries.length === 0) return first;
      entries[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const least = isBefore(left, at) ? left : at;
        const next = isBefore(right, least) ? right : least;
        if (next === at) return first;
        swap(at, next);
        at = next;
      }
    },
  };
}
