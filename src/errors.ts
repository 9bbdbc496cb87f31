/** The expected failures: HTTP status, and whether the same request may succeed later. */
export const ERRORS = {
  signature_missing: { status: 401, retryable: false },
  signature_malformed: { status: 401, retryable: false },
  signature_algorithm: { status: 401, retryable: false },
  signature_too_old: { status: 401, retryable: false },
  signature_in_future: { status: 401, retryable: false },
  signature_mismatch: { status: 401, retryable: false },
  signature_wrong_app: { status: 401, retryable: false },
  signature_unverified: { status: 503, retryable: true },
  callback_too_large: { status: 413, retryable: false },
  callback_not_json: { status: 422, retryable: false },
  callback_not_object: { status: 422, retryable: false },
  callback_too_deep: { status: 422, retryable: false },
  callback_ambiguous: { status: 422, retryable: false },
  callback_unreadable: { status: 422, retryable: false },
  unknown_trigger: { status: 422, retryable: false },
  bad_request: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  consent_forbids: { status: 403, retryable: false },
  sender_stopped: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  conflict: { status: 409, retryable: false },
  request_in_progress: { status: 409, retryable: true },
  changed_meanwhile: { status: 412, retryable: false },
  too_large: { status: 413, retryable: false },
  unsupported_encoding: { status: 415, retryable: false },
  rule_invalid: { status: 422, retryable: false },
  import_invalid: { status: 422, retryable: false },
  action_impossible: { status: 422, retryable: false },
  idempotency_key_reused: { status: 422, retryable: false },
  throttled: { status: 429, retryable: true },
  destination_refused: { status: 502, retryable: false },
  destination_unavailable: { status: 503, retryable: true },
  sinch_refused: { status: 502, retryable: false },
  sinch_unavailable: { status: 503, retryable: true },
  sinch_unsure: { status: 503, retryable: true },
  send_unsure: { status: 504, retryable: false },
  consent_unavailable: { status: 503, retryable: true },
  throttle_unavailable: { status: 503, retryable: true },
  not_configured: { status: 503, retryable: true },
  unavailable: { status: 503, retryable: true },
  not_supported: { status: 501, retryable: false },
  internal: { status: 500, retryable: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** An expected failure. Any other error is a bug and answers 500. Messages never contain a secret, a number or a body. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** `Retry-After` of the other side, in seconds. */
  readonly retryAfter: number | undefined;
  /** The methods of an `Allow` header. */
  readonly allow: readonly string[] | undefined;
  /** Further fields of the response: findings, a difference. Never a secret, a number or a body. */
  readonly details: object;

  constructor(
    code: ErrorCode,
    message: string,
    options?: ErrorOptions & {
      retryAfter?: number | undefined;
      allow?: readonly string[];
      details?: object;
    },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfter = options?.retryAfter;
    this.allow = options?.allow;
    this.details = options?.details ?? {};
  }

  /** The HTTP status of the response. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** The stable code of any thrown value: an `AppError`'s own, else `bug`. */
export const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : 'bug');

/** The message of any thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
