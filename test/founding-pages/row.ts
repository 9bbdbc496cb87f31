/** A row of the founding pages in our own words: what people use a callback for, or what they have to mind. */
export interface Row {
  readonly id: string;
  readonly page: string;
  readonly row: string;
  /** The test, within `test/`, and its name. */
  readonly file?: string;
  readonly proof?: string;
  /** Why the row does not apply, where it does not. */
  readonly reason?: string;
}
