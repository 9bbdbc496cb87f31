import { isRecord, parseJsonText } from '../shapes/parts.ts';

/** Names of fields that hold a credential: `bearerToken`, `authToken`, `secret`, `apiKey`. */
const SECRET = /(token|secret|password|authorization|api_?key)$/i;

/** Returns a body without its credentials, at any depth and in texts that hold JSON. The same object comes back if it has none. */
export function withoutSecrets<T extends object>(body: T): T {
  return clean(body) as T; // only fields are left out
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    const inner = parseJsonText(value);
    if (inner === undefined) return value;
    const cleaned = clean(inner);
    return cleaned === inner ? value : JSON.stringify(cleaned);
  }
  if (Array.isArray(value)) {
    const items = value.map(clean);
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([name, inner]) => !isSecret(name, inner));
  const cleaned = kept.map(([name, inner]) => [name, clean(inner)] as const);
  const changed = cleaned.some(([name, inner]) => inner !== value[name]);
  return changed || kept.length < Object.keys(value).length ? Object.fromEntries(cleaned) : value;
}

/** A credential is a text. An object of such a name may hold more. */
const isSecret = (name: string, value: unknown): boolean =>
  SECRET.test(name) && typeof value === 'string';
