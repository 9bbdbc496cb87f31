/** Returns what a person refuses: `refuses marketing and notification`. */
export function refusalWords(scopes: {
  readonly all: boolean;
  readonly marketing: boolean;
  readonly notification: boolean;
}): string {
  const refused = scopes.all
    ? ['everything']
    : (['marketing', 'notification'] as const).filter((one) => scopes[one]);
  return refused.length > 0 ? `refuses ${refused.join(' and ')}` : 'refuses nothing';
}
