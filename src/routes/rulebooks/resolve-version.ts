import { AppError } from '../../errors.ts';
import { bundle } from '../../rulebooks/bundled.ts';
import type { Services } from '../../work/services.ts';
import type { Now } from './publishing.ts';

/**
 * Returns the version that is meant: `bundled`, `in-force`, or the first characters of one.
 * @throws AppError `not_found`, or `bad_request` where several begin like that
 */
export async function resolveVersion(
  written: string,
  { inForce }: Now,
  { rulebooks }: Pick<Services, 'rulebooks'>,
): Promise<string> {
  if (written === 'bundled') return bundle.version;
  if (written === 'in-force') return inForce;
  const prefix = written.toUpperCase();
  if (prefix.length < 4)
    throw new AppError('bad_request', 'version: at least its first four characters are needed');
  const found = (await rulebooks.kept.list(prefix)).map(({ version }) => version);
  const all = [
    ...new Set([...found, ...(bundle.version.startsWith(prefix) ? [bundle.version] : [])]),
  ];
  const [version, other] = all;
  if (version === undefined) throw new AppError('not_found', `no rulebook begins with ${prefix}`);
  if (other !== undefined)
    throw new AppError('bad_request', `version: several rulebooks begin with ${prefix}`);
  return version;
}
