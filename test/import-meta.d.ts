interface ImportMeta {
  /** The modules that match a pattern, by path. Vite replaces the call. */
  readonly glob: <T>(
    pattern: string,
    options: { readonly eager: true; readonly query?: '?raw'; readonly import?: 'default' },
  ) => Readonly<Record<string, T>>;
}
