/** A body of another Sinch API in the shape of the Conversation API. */
export interface Translated {
  /** The body, with one of the keys that the triggers know. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The body to store in place of the original, where the original contains a secret. */
  readonly stored?: object;
}

/** Another Sinch API whose callbacks arrive at the same address. */
export interface RelatedApi {
  readonly name: string;
  /** Returns the translated body; `undefined` for a body that is not of this API. It never throws. */
  readonly translate: (body: Readonly<Record<string, unknown>>) => Translated | undefined;
}
