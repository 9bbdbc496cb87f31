import type { Address } from '../../callbacks/model.ts';
import type { ConsentEvent, ConsentState, Scope } from '../../objects/recipients/consent.ts';
import type { RecipientsClient } from '../../objects/recipients/recipients-client.ts';

/** A person's consent with its history. */
type Known = Pick<ConsentState, 'scopes'> & { readonly history: readonly ConsentEvent[] };

const SCOPES: readonly Scope[] = ['all', 'marketing', 'notification'];

/** Whether one of these people refuses what another does not. */
export const consentsDiffer = (people: readonly Known[]): boolean =>
  SCOPES.some((scope) => new Set(people.map(({ scopes }) => scopes[scope])).size > 1);

interface Occasion {
  /** The same for a redelivery. */
  readonly key: string;
  readonly at: number;
  readonly rule: string;
  readonly rulebook: string;
  readonly change: RecipientsClient['change'];
}

/** Makes each address refuse what any of them refuses. The change names the words and the callback of the opt-out that it follows. */
export async function applyStricter(
  addresses: readonly Address[],
  people: readonly Known[],
  { key, at, rule, rulebook, change }: Occasion,
): Promise<void> {
  const changes = SCOPES.flatMap((scope) => {
    const proof = proofOf(scope, people);
    if (!proof) return [];
    return addresses.flatMap((address, index) =>
      people[index]?.scopes[scope]
        ? []
        : [
            {
              ...{ key: `${key}/stricter/${scope}/${index}`, address, scope, at, rule, rulebook },
              to: 'out' as const,
              source: proof.source === 'hand' ? ('keyword' as const) : proof.source,
              callbackId: proof.callbackId,
              words: proof.words,
              evidence: proof.evidence,
              actor: proof.actor,
              reason: `merged with a contact that refuses it${proof.reason ? `: ${proof.reason}` : ''}`,
            },
          ],
    );
  });
  if (changes.length > 0) await change(changes);
}

/** The newest opt-out of a scope that still counts, of the people who refuse it. */
function proofOf(scope: Scope, people: readonly Known[]): ConsentEvent | undefined {
  return people
    .filter(({ scopes }) => scopes[scope])
    .flatMap(({ history }) => history)
    .filter((event) => event.to === 'out' && !event.undone && isWide(event.scope, scope))
    .toSorted((a, b) => b.at - a.at)[0];
}

/** `all` implies the other scopes. */
const isWide = (given: Scope, wanted: Scope): boolean => given === wanted || given === 'all';
