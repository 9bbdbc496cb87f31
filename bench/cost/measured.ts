/** A part of the mix: what a million callbacks of a kind cost, and what they use most. */
export interface KindRow {
  readonly kind: string;
  /** Its part of the callbacks of the mix; 0 for what no single callback causes. */
  readonly share: number;
  /** Dollars for a million callbacks of this kind; for what no single callback causes, of the mix. */
  readonly perMillion: number;
  /** Dollars by item, the largest first. */
  readonly items: Readonly<Record<string, number>>;
  /** What one callback uses. */
  readonly uses: Readonly<Record<string, number>>;
  /** Calls that its answer waits for, by binding and method. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What a month of so many callbacks costs, in dollars, what the plan includes taken off. */
export interface MonthRow {
  readonly callbacks: number;
  readonly all: number;
  readonly acted: number;
  readonly off: number;
  readonly bare: number;
}

export type Modes = Readonly<Record<'all' | 'acted' | 'off', number>>;

export interface Cost {
  readonly pricesOf: string;
  /** Dollars for a million callbacks more, nothing taken off, at the rate of 100 M a month. */
  readonly perMillion: Modes & { readonly bare: number };
  /** Dollars of `perMillion` by item. */
  readonly items: Readonly<
    Record<'all' | 'acted' | 'off' | 'bare', Readonly<Record<string, number>>>
  >;
  readonly byKind: readonly KindRow[];
  readonly months: readonly MonthRow[];
  /** What a month costs without callbacks, nothing taken off and without the fee. */
  readonly standing: number;
}
