/** Imports a peer that only `bench/package.json` asks for. What it exports is typed where it is used. */
export async function peer(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (cause) {
    throw new Error(`${name} is not installed: run "npm ci --prefix bench" first`, { cause });
  }
}
