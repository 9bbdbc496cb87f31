import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where systems keep Chromium. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Returns the browser of the system: `CHROMIUM`, else a known place. On a Debian system without one it is installed.
 * @throws Error where there is none and none can be installed
 */
export async function findChromium(): Promise<string> {
  const found = await first();
  if (found !== undefined) return found;
  try {
    await run('apt-get', ['update']);
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium']);
  } catch (cause) {
    throw new Error('no Chromium was found: install it, or name it in CHROMIUM', { cause });
  }
  const installed = await first();
  if (installed === undefined) throw new Error('no Chromium was found after its installation');
  return installed;
}

async function first(): Promise<string | undefined> {
  for (const place of [process.env.CHROMIUM, ...PLACES]) {
    if (place === undefined) continue;
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return place;
  }
  return undefined;
}
