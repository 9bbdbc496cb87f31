import { strToU8, zipSync } from 'fflate';
import type { Texts } from '../worker/protocol.ts';

/** Downloads files as `signalbox-rules.zip`, laid out as the folder `rules/` of a repository. */
export function download(texts: Texts): void {
  const files = Object.fromEntries(
    Object.entries(texts).map(([file, text]) => [`rules/${file}`, strToU8(text)]),
  );
  const url = URL.createObjectURL(new Blob([zipSync(files)], { type: 'application/zip' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'signalbox-rules.zip';
  link.click();
  URL.revokeObjectURL(url);
}
