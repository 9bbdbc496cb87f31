import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { session } from '../state/session.ts';
import { TextField } from './field.tsx';
import './dialog.css';

/** What a dangerous operation asks before it is done. */
export interface Confirmation {
  /** The verb of the button that opened it: the confirming button repeats it. */
  readonly verb: string;
  readonly title: string;
  /** What will happen, and to what. */
  readonly children?: ComponentChildren;
  readonly danger?: boolean;
  /** The reason may be left out: nothing that others see changes. */
  readonly optional?: boolean;
  /** What the reason is to begin with. */
  readonly reason?: string;
  readonly ready?: boolean;
  /** Does it. What it throws is shown, and the dialog stays. */
  readonly confirm: (reason: string) => Promise<unknown> | unknown;
}

interface DialogProps {
  readonly asked: Confirmation;
  readonly close: () => void;
}

/** Asks for a reason and a second click. The actor is the name of the token. */
export function ConfirmDialog({ asked, close }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState(asked.reason ?? '');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('input, textarea, button[type="submit"]')?.focus();
  }, []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    if (!asked.optional && reason.trim() === '') {
      setFault('Say why: the reason stays on record.');
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      await asked.confirm(reason.trim());
      close();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={close}
      onCancel={(event: Event) => busy && event.preventDefault()}
    >
      <form onSubmit={submit} noValidate>
        <h2 id={id}>{asked.title}</h2>
        {asked.children}
        <TextField
          label="Reason"
          value={reason}
          onInput={setReason}
          required={!asked.optional}
          max={500}
          hint={
            asked.optional
              ? 'Not needed: this concerns your draft only.'
              : `On record as ${session.get()?.name ?? 'you'}, with this reason.`
          }
        />
        {fault && (
          <p class="note bad" role="alert">
            {fault}
          </p>
        )}
        <div class="row end">
          <button type="button" onClick={() => dialog.current?.close()} disabled={busy}>
            Cancel
          </button>
          <button
            type="submit"
            class={asked.danger ? 'danger' : 'primary'}
            disabled={busy || asked.ready === false}
          >
            {busy ? `${asked.verb} …` : asked.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A button that asks before it acts, with its dialog. */
export function ConfirmButton(
  props: Confirmation & {
    label?: string;
    class?: string;
    disabled?: boolean;
    describedBy?: string;
  },
) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        type="button"
        ref={button}
        class={props.class ?? (props.danger ? 'danger' : undefined)}
        disabled={props.disabled ?? false}
        aria-describedby={props.describedBy}
        onClick={() => setOpen(true)}
      >
        {props.label ?? props.verb}
      </button>
      {open && <ConfirmDialog asked={props} close={close} />}
    </>
  );
}
