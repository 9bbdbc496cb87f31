import { useState } from 'preact/hooks';
import { call } from '../../api.ts';
import { ConfirmButton } from '../../parts/dialog.tsx';
import { SelectField, TextField } from '../../parts/field.tsx';
import { may } from '../../state/session.ts';

interface Sent {
  readonly sent: readonly { route: string; to: string; taken: boolean; message: string }[];
}

/** Sends a test alert the way a real one would go now. It says that it is a test. */
export function SendTest() {
  const [severity, setSeverity] = useState('low');
  const [owner, setOwner] = useState('');
  const [sent, setSent] = useState<Sent>();
  if (!may('author')) return null;
  const send = async (reason: string) => {
    setSent(
      await call<Sent>('POST', '/v1/alerts/test', {
        body: { severity, owner, ...(reason === '' ? {} : { text: reason }) },
      }),
    );
  };
  return (
    <>
      <ConfirmButton verb="Send a test" title="Send a test" optional confirm={send}>
        <p>It goes to the people who would be notified now, marked as a test.</p>
        <SelectField
          label="Severity"
          value={severity}
          options={['low', 'high', 'critical']}
          onChange={setSeverity}
        />
        <TextField
          label="Owner"
          value={owner}
          onInput={setOwner}
          hint="As routes match it. May be empty."
        />
      </ConfirmButton>
      {sent && (
        <p class="note small" role="status">
          {sent.sent
            .map(
              ({ to, route, taken, message }) =>
                `${to} (route ${route}): ${taken ? 'accepted' : 'failed'}, ${message}`,
            )
            .join('; ')}
        </p>
      )}
    </>
  );
}
