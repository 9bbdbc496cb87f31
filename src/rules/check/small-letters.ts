/** A class, an escape, a group with its sign, a letter, or one of the signs of RE2. */
const TOKENS =
  /\[\^?\]?(?:\\.|[^\]])*\]|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\x[0-9a-fA-F]{2}|\\.|\(\?P?<[^>]*>|\(\?:|\(|\)|\||\*|\+|\?|\{\d*,?\d*\}|./gsu;

/**
 * Whether a pattern certainly matches no text without small letters: each of its alternatives requires one. Of groups
 * with alternatives inside, and with flags, nothing is known.
 */
export function requiresSmallLetters(pattern: string): boolean {
  if (pattern.includes('(?i') || /\(\?[a-zA-Z-]*i/.test(pattern)) return false;
  const tokens = pattern.match(TOKENS) ?? [];
  const ways: string[][] = [[]];
  let depth = 0;
  let inner = false;
  for (const token of tokens) {
    if (token.startsWith('(')) depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth > 0) inner = true;
    if (token === '|' && depth === 0) ways.push([]);
    else ways.at(-1)?.push(token);
  }
  if (inner) return false;
  return ways.every((way) => way.some((token, at) => isRequired(way, at) && isSmall(token)));
}

/** Whether what follows a token does not make it optional. A token inside a group may be optional with it. */
function isRequired(way: readonly string[], at: number): boolean {
  if (isOptional(way[at + 1])) return false;
  let depth = 0;
  for (const [offset, token] of way.slice(at + 1).entries()) {
    if (token.startsWith('(')) depth += 1;
    if (token !== ')') continue;
    if (depth === 0 && isOptional(way[at + 2 + offset])) return false;
    depth = Math.max(0, depth - 1);
  }
  return true;
}

const isOptional = (token: string | undefined): boolean =>
  token !== undefined && (token === '*' || token === '?' || /^\{(0|,)/.test(token));

/** A small letter, or a class of nothing else. */
const isSmall = (token: string): boolean =>
  /^\p{Ll}$/u.test(token) || /^\[(?:\p{Ll}(?:-\p{Ll})?)+\]$/u.test(token);
