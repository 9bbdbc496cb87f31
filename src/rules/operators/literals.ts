/** More literals than that narrow nothing down. */
const MOST = 20;

/**
 * Returns literal texts of at least `least` signs of which one stands in every text that an RE2 pattern matches, in lower
 * case by `lowerAscii`; `undefined` if there are none or they are not known. @example "(?i)gift-?card|\\bvoucher" → ["gift", "voucher"]
 */
export function literalsOf(pattern: string, least: number): readonly string[] | undefined {
  const flags = /^\(\?[a-zA-Z-]+\)/.exec(pattern)?.[0] ?? '';
  const body = pattern.slice(flags.length);
  // Flags in the middle are rare; a quantifier behind them belongs to what stands before them.
  if (body.includes('\\Q') || /\(\?[a-zA-Z-]*\)/.test(body)) return undefined;
  const found = readAlternatives({
    signs: [...body],
    at: 0,
    least,
    // A flag of one group counts for the whole pattern.
    ignoresCase: /\(\?[a-zA-Z]*i/.test(pattern),
  });
  return found && found.length <= MOST ? found : undefined;
}

/**
 * Returns a text with the letters A to Z in lower case. The Kelvin sign and the long s, which a pattern without regard to case
 * takes for k and s, become these.
 */
export const lowerAscii = (text: string): string =>
  IS_ASCII.test(text)
    ? text.toLowerCase()
    : text.replace(/[A-Z\u212a\u017f]/g, (sign) =>
        sign === '\u212a' ? 'k' : sign === '\u017f' ? 's' : sign.toLowerCase(),
      );

const IS_ASCII = /^[\0-\x7f]*$/;

interface Place {
  readonly signs: readonly string[];
  at: number;
  readonly least: number;
  readonly ignoresCase: boolean;
}

type Literals = readonly string[] | undefined;

/** Reads up to the end of the pattern or of the group. */
function readAlternatives(place: Place): Literals {
  let all: Literals = readSequence(place);
  while (place.signs[place.at] === '|') {
    place.at += 1;
    const more = readSequence(place);
    all = all && more && [...new Set([...all, ...more])];
  }
  return all;
}

/** Returns the longest necessary literals of one alternative. */
function readSequence(place: Place): Literals {
  const { signs, least, ignoresCase } = place;
  let best: Literals;
  let run = '';
  const offer = (literals: Literals): void => {
    if (literals && shortest(literals) > (best ? shortest(best) : 0)) best = literals;
  };
  const end = (next = ''): void => {
    if (run.length >= least) offer([lowerAscii(run)]);
    run = next;
  };
  for (;;) {
    const sign = signs[place.at];
    if (sign === undefined || sign === '|' || sign === ')') break;
    const literal = sign === '(' ? undefined : readAtom(place);
    const group = sign === '(' ? readGroup(place) : undefined;
    const times = readTimes(place);
    if (literal === undefined || times === 'perhaps' || (ignoresCase && literal > '\x7f')) {
      end();
      if (times !== 'perhaps') offer(group);
      continue;
    }
    run += literal;
    if (times === 'often') end(literal);
  }
  end();
  return best;
}

const shortest = (literals: readonly string[]): number =>
  Math.min(...literals.map(({ length }) => length));

/** Reads a group, its brackets included. */
function readGroup(place: Place): Literals {
  place.at += 1;
  const head = /^\?(?:P?<[^>]*>|[a-zA-Z-]*:)/.exec(
    place.signs.slice(place.at, place.at + 80).join(''),
  );
  place.at += [...(head?.[0] ?? '')].length;
  const found = readAlternatives(place);
  place.at += 1;
  return found;
}

/** Reads a sign, a class or an escape. Returns the sign if it stands for itself. */
function readAtom(place: Place): string | undefined {
  const { signs } = place;
  const sign = signs[place.at] ?? '';
  place.at += 1;
  if (sign === '[') return void skipClass(place);
  if (sign === '\\') return readEscape(place);
  return '.^$*+?'.includes(sign) ? undefined : sign;
}

function readEscape(place: Place): string | undefined {
  const { signs } = place;
  const sign = signs[place.at] ?? '';
  place.at += 1;
  if (!/[a-zA-Z0-9]/.test(sign)) return sign;
  if (/[pPx]/.test(sign) && signs[place.at] === '{') place.at = signs.indexOf('}', place.at) + 1;
  else if (/[pP]/.test(sign)) place.at += 1;
  else if (sign === 'x') place.at += 2;
  else if (/[0-7]/.test(sign)) while (/^[0-7]$/.test(signs[place.at] ?? '')) place.at += 1;
  return undefined;
}

/** A closing bracket that comes first stands for itself. */
function skipClass(place: Place): void {
  const { signs } = place;
  if (signs[place.at] === '^') place.at += 1;
  if (signs[place.at] === ']') place.at += 1;
  while (place.at < signs.length && signs[place.at] !== ']') {
    if (signs[place.at] === '\\') place.at += 1;
    if (signs[place.at] === '[' && signs[place.at + 1] === ':')
      place.at = signs.indexOf(']', place.at);
    place.at += 1;
  }
  place.at += 1;
}

/** Reads how often the atom stands: `perhaps` not at all, `once`, `often` at least once. */
function readTimes(place: Place): 'perhaps' | 'once' | 'often' {
  const rest = place.signs.slice(place.at, place.at + 12).join('');
  const [written, least] = /^(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/.exec(rest) ?? [];
  if (written === undefined) return 'once';
  place.at += written.length;
  const never = written.startsWith('*') || written.startsWith('?') || Number(least) === 0;
  return never ? 'perhaps' : 'often';
}
