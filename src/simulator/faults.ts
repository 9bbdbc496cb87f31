import * as v from 'valibot';

const Status = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599));

/**
 * How one request is answered out of turn: a status (200 means "as usual"), a status with a
 * `Retry-After` in seconds,
 * `none` (the request is accepted and kept, then the connection drops without an answer), `hang`
 * (no answer ever comes),
 * `lost` (the connection drops and nothing was kept).
 */
const Answer = v.union([
  v.picklist(['none', 'lost', 'hang']),
  Status,
  v.strictObject({ status: Status, retry_after: v.optional(v.pipe(v.number(), v.minValue(0))) }),
]);

/** The body of `POST /faults`. Without a `kind` the answers go to whatever arrives next. */
export const FaultOrder = v.strictObject({
  kind: v.optional(v.string()),
  answers: v.pipe(v.array(Answer), v.nonEmpty()),
});
export type FaultOrder = v.InferOutput<typeof FaultOrder>;

export type Fault =
  | 'none'
  | 'lost'
  | 'hang'
  | { readonly status: number; readonly retryAfter: number | undefined };

/** Answers waiting to be given, first come first served. */
export interface Faults {
  readonly order: (order: FaultOrder) => void;
  /** The fault for a request of this kind; `undefined` is "answer as usual". */
  readonly take: (kind: string, anyKind: boolean) => Fault | undefined;
  readonly clear: () => void;
}

/** Opens an empty list of faults. */
export function openFaults(): Faults {
  const waiting: { kind: string | undefined; fault: Fault | undefined }[] = [];
  return {
    order({ kind, answers }) {
      for (const answer of answers) waiting.push({ kind, fault: faultOf(answer) });
    },
    take(kind, anyKind) {
      const at = waiting.findIndex(
        (next) => next.kind === kind || (anyKind && next.kind === undefined),
      );
      return at < 0 ? undefined : waiting.splice(at, 1)[0]?.fault;
    },
    clear: () => void waiting.splice(0),
  };
}

function faultOf(answer: FaultOrder['answers'][number]): Fault | undefined {
  if (typeof answer === 'string') return answer;
  const { status, retry_after: retryAfter } =
    typeof answer === 'number' ? { status: answer } : answer;
  return status < 300 ? undefined : { status, retryAfter };
}

/** Thrown instead of an answer: a `fetch` of it fails, as when the connection breaks. */
export class Dropped extends Error {
  override readonly name = 'Dropped';
}
