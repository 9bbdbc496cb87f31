import type { Box } from './box.ts';
import { PERSON } from './sample.ts';

export const call = (box: Box, method: string, path: string, body?: object) =>
  box.ask(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
export const held = async (box: Box) =>
  (
    await (
      await box.ask('/v1/held')
    ).json<{ held: { id: string; rule: string; action: string; reason: string }[] }>()
  ).held;
export const suppressed = async (box: Box, identity = PERSON) =>
  (await (await box.ask(`/v1/recipients/SMS/${identity}`)).json<{ suppressed: boolean }>())
    .suppressed;
