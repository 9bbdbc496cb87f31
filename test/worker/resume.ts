import type { Box } from './box.ts';

interface Pause {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

/** Ends a pause by its kind and name, whether it is in force or over and still holds work. */
export async function endPause(box: Box, kind: string, name = ''): Promise<Response> {
  const { pauses, past } = await (await box.ask('/v1/pauses')).json<{
    pauses: Pause[];
    past: Pause[];
  }>();
  const id = [...pauses, ...past].find((one) => one.kind === kind && one.name === name)?.id;
  return box.ask(`/v1/pauses/${id ?? 'none'}?actor=ines&reason=all+is+well`, { method: 'DELETE' });
}
