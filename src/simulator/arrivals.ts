/** One thing that reached the local Sinch. */
export interface Arrival {
  /** RFC 3339. */
  readonly at: string;
  /** `messages:send`, `events:send`, `capability:query`, `alert` or `forward`. */
  readonly kind: string;
  readonly path: string;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
  /** The status it was answered with, or `none` where the answer never left. */
  readonly answer: number | 'none';
  /** The id given to a message that was accepted. */
  readonly message_id?: string;
  /**
   * The headers of Standard Webhooks, where the sender signed. No other header is kept, least of
   * all Authorization.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is kept of arrivals: the newest thousand. */
const KEPT = 1_000;

/** All arrivals, newest last. */
export interface Arrivals {
  readonly note: (arrival: Arrival) => void;
  readonly all: () => readonly Arrival[];
  readonly clear: () => void;
}

/** Opens an empty list of arrivals; `notify` is called for each. */
export function openArrivals(notify: (arrival: Arrival) => void): Arrivals {
  let arrivals: Arrival[] = [];
  return {
    note(arrival) {
      arrivals = [...arrivals, arrival].slice(-KEPT);
      notify(arrival);
    },
    all: () => arrivals,
    clear: () => {
      arrivals = [];
    },
  };
}

/** The signing headers among a request's headers; nothing when there are none. */
export function signingHeaders(headers: Headers): Record<string, string> | undefined {
  const found = [...headers].filter(([name]) => name.startsWith('webhook-'));
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
