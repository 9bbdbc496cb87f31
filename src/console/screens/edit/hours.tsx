import { CheckField, TextField } from '../../parts/field.tsx';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Office hours in the viewer's zone: what a new comparison with hours begins with. */
export const officeHours = () => ({
  days: DAYS.slice(0, 5),
  from: '09:00',
  to: '17:00',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** Opening hours: days, from, to, and the time zone they are meant in. */
export function HoursField({ value, set }: { value: unknown; set: (value: unknown) => void }) {
  const hours: Readonly<Record<string, unknown>> = Object(value);
  const days = Array.isArray(hours.days) ? hours.days.map(String) : [];
  const text = (key: string): string => (typeof hours[key] === 'string' ? hours[key] : '');
  return (
    <fieldset class="stack tight">
      <legend class="label small">Hours</legend>
      <div class="row">
        {DAYS.map((day) => (
          <CheckField
            key={day}
            label={day}
            checked={days.includes(day)}
            onChange={(on) =>
              set({ ...hours, days: DAYS.filter((one) => (one === day ? on : days.includes(one))) })
            }
          />
        ))}
      </div>
      <div class="fields">
        <TextField
          label="From"
          value={text('from')}
          onInput={(from) => set({ ...hours, from })}
          hint="Like 09:00."
        />
        <TextField
          label="To"
          value={text('to')}
          onInput={(to) => set({ ...hours, to })}
          hint="Before From: past midnight."
        />
        <TextField
          label="Time zone"
          value={text('timeZone')}
          list={Intl.supportedValuesOf('timeZone')}
          onInput={(timeZone) => set({ ...hours, timeZone })}
        />
      </div>
    </fieldset>
  );
}
