declare module '#build' {
  /** The build of this code, as `signalbox bundle` wrote it to `.wrangler/build.json`. */
  const build: import('./build.ts').Build;
  export default build;
}
