interface ImportMeta {
  /** The modules that match a pattern, by path. Vite replaces the call. */
  readonly glob: <T>(
    pattern: string,
    options: { readonly eager: true },
  ) => Readonly<Record<string, T>>;
}
