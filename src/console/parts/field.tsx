import type { ComponentChildren, TargetedEvent, TargetedInputEvent } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly fault?: string | undefined;
  /** The label is for screen readers only: the place says it to the eye. */
  readonly quiet?: boolean;
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'datetime-local' | 'email';
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly list?: readonly string[];
  readonly rows?: number;
  readonly code?: boolean;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly max?: number;
  readonly min?: number;
  readonly autofocus?: boolean;
}

/** A labelled field of text; with `rows` it has several lines. `list` proposes values. */
export function TextField(props: TextProps) {
  const { label, value, onInput, hint, fault, rows, list, code, quiet, autofocus } = props;
  const id = useId();
  const common = {
    id,
    value,
    class: code ? 'code' : undefined,
    required: props.required ?? false,
    disabled: props.disabled ?? false,
    placeholder: props.placeholder,
    'aria-invalid': fault !== undefined,
    'aria-describedby': hint || fault ? `${id}-hint` : undefined,
    spellcheck: code ? false : undefined,
  };
  return (
    <div class="field">
      <label for={id} class={quiet ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {rows ? (
        <textarea
          {...common}
          rows={rows}
          onInput={(event: TargetedInputEvent<HTMLTextAreaElement>) =>
            onInput(event.currentTarget.value)
          }
        />
      ) : (
        <input
          {...common}
          // Preact's types tell kinds of input apart; what is set here suits all of them.
          type={(props.type ?? 'text') as 'text'}
          list={list && `${id}-list`}
          maxLength={props.max}
          min={props.min}
          {...(props.type === 'number' ? { step: 'any' } : {})}
          autoComplete={props.autocomplete ?? 'off'}
          {...(autofocus ? { ref: focusOnce } : {})}
          onInput={(event: TargetedInputEvent<HTMLInputElement>) =>
            onInput(event.currentTarget.value)
          }
        />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((item) => (
            <option key={item} value={item} />
          ))}
        </datalist>
      )}
      <Hint id={id} hint={hint} fault={fault} />
    </div>
  );
}

const focused = new WeakSet<HTMLElement>();
const focusOnce = (element: HTMLElement | null): void => {
  if (!element || focused.has(element)) return;
  focused.add(element);
  element.focus();
};

const Hint = ({ id, hint, fault }: { id: string } & Pick<FieldProps, 'hint' | 'fault'>) =>
  hint || fault ? (
    <span id={`${id}-hint`} class={fault ? 'fault' : 'hint'}>
      {fault ?? hint}
    </span>
  ) : null;

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (string | readonly [value: string, label: string])[];
  readonly disabled?: boolean;
}

/** A labelled choice of one. A value that is not among the options is shown all the same. */
export function SelectField({
  label,
  value,
  onChange,
  options,
  hint,
  fault,
  ...props
}: SelectProps) {
  const id = useId();
  const pairs = options.map((option) =>
    typeof option === 'string' ? ([option, option] as const) : option,
  );
  const known = pairs.some(([option]) => option === value);
  return (
    <div class="field">
      <label for={id} class={props.quiet ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={props.disabled ?? false}
        aria-invalid={fault !== undefined}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        onChange={(event: TargetedEvent<HTMLSelectElement>) => onChange(event.currentTarget.value)}
      >
        {!known && <option value={value}>{value}</option>}
        {pairs.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      <Hint id={id} hint={hint} fault={fault} />
    </div>
  );
}

/** A labelled check box. */
export function CheckField(props: {
  label: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled ?? false}
        onChange={(event: TargetedEvent<HTMLInputElement>) =>
          props.onChange(event.currentTarget.checked)
        }
      />
      <span>{props.label}</span>
    </label>
  );
}

/** A labelled number. What is being typed stays as it is ("0.0" on the way to "0.05"); an empty field is `undefined`. */
export function NumberField(props: {
  label: string;
  value: unknown;
  onInput: (value: number | undefined) => void;
  hint?: string | undefined;
  required?: boolean;
}) {
  const { label, value, onInput, hint, required } = props;
  const shown = typeof value === 'number' ? String(value) : '';
  const [written, setWritten] = useState(shown);
  useEffect(() => {
    if (written === '' ? shown !== '' : Number(written) !== value) setWritten(shown);
  }, [shown]);
  return (
    <TextField
      label={label}
      type="number"
      value={written}
      hint={hint}
      required={required ?? false}
      onInput={(next) => {
        setWritten(next);
        onInput(next === '' ? undefined : Number(next));
      }}
    />
  );
}
