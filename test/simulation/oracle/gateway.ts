import type { Reached } from '../house.ts';
import { isDefinite, sentBy } from '../sending-system.ts';
import type { Invariant, Observed } from './observed.ts';
import { openKin } from './people.ts';

type Called = Observed['called'];
type SendOperation = Extract<Called[number]['operation'], { kind: 'send' }>;

/** A message that is sent through the gateway is sent once for its key, and its answer is true. */
export const gateway: Invariant = {
  name: 'gateway',
  demands:
    'under one Idempotency-Key at most one message reaches Sinch, whatever fails; an answer 200 names the message that did; nobody without a valid token sends, or is told about a person; a refusal has a reason; and who repeats a request gets a definite answer in the end',
  check: (observed) => {
    const sends = observed.called.filter(({ operation }) => operation.kind === 'send');
    const bySender = Map.groupBy(
      // What the product sends in its place after a failure is a message of its own.
      observed.reached.filter(
        (one) => one.host === 'sinch' && one.messageId !== undefined && sentBy(one) !== undefined,
      ),
      sentBy,
    );
    return [...Map.groupBy(sends, ({ operation }) => operation)].flatMap(([operation, requests]) =>
      operation.kind === 'send'
        ? faultsOf(operation, requests, bySender.get(operation.name) ?? [], observed)
        : [],
    );
  },
};

function faultsOf(
  operation: SendOperation,
  requests: Called,
  sent: readonly Reached[],
  observed: Observed,
): readonly string[] {
  const { name, token, channel, app } = operation;
  const faults: string[] = [];
  if (sent.length > 1) faults.push(`${name}: was sent ${sent.length} times under one key`);
  if (token !== 'valid' && sent.length > 0) faults.push(`${name}: was sent with an ${token} token`);
  const answers = requests.filter(({ status }) => status !== undefined);
  const ids = new Set(sent.map(({ messageId }) => messageId));
  for (const { status, body, answeredAt = 0 } of answers) {
    const field = (key: string): unknown => Reflect.get(Object(body), key);
    const isCut = typeof body !== 'object';
    if (status === 200 && !isCut && !ids.has(String(field('message_id'))))
      faults.push(`${name}: was answered ${JSON.stringify(body)}, and sent was ${[...ids].join()}`);
    if (token !== 'valid' && (status === 200 || status === 403))
      faults.push(`${name}: was answered ${status} to an ${token} token`);
    if (status === 401 && token === 'valid') faults.push(`${name}: its token was refused`);
    if (status === 403 && mayNotRefuse(operation, observed))
      faults.push(`${name}: was refused without a reason: ${JSON.stringify(body).slice(0, 200)}`);
    if (status !== undefined && !KNOWN.has(status))
      faults.push(`${name}: was answered ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    if (status === 503 && answeredAt > observed.healedAt + 120_000)
      faults.push(`${name}: was answered 503 when nothing failed: ${JSON.stringify(body)}`);
  }
  if (!answers.some(({ status }) => isDefinite(status)))
    faults.push(
      `${name}: to ${app.id} on ${channel} got no definite answer, only ${[...new Set(answers.map(({ status }) => status))].join()}`,
    );
  return faults;
}

/** What the gateway answers, and what Sinch and what is before it answer through it. */
const KNOWN: ReadonlySet<number> = new Set([200, 401, 403, 409, 429, 500, 502, 503, 504]);

/** Whether nobody can have refused a message: its person never said anything of the kind, and no sender was limited. */
function mayNotRefuse({ channel, identity, app }: SendOperation, observed: Observed): boolean {
  const { callbacks, called, recipients } = observed;
  const isKin = openKin(`${channel}/${identity}`, observed);
  const isRefusal = [...recipients].some(
    ([address, { history }]) => isKin(address) && history.some(({ to }) => to !== 'in'),
  );
  const isLimited = callbacks.some(
    ({ told }) => told?.trigger === 'CHANNEL_EVENT' && told.app === app.id,
  );
  const isByHand = called.some(
    ({ operation }) => operation.kind === 'by-hand' || operation.kind === 'import',
  );
  return !isRefusal && !isLimited && !isByHand;
}
