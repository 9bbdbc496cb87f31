import { expect } from 'vitest';
import type { ImportReport } from '../../../src/api/consent/import.ts';
import type { Box } from './asking.ts';

export const QUERY = 'name=crm-1&actor=ada&reason=our+old+list&allow_invalid=true';
export const load = (box: Box, body: string, query = QUERY, type = 'text/csv') =>
  box.ask(`/v1/recipients/import?${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
export const loaded = async (...given: Parameters<typeof load>): Promise<ImportReport> => {
  const response = await load(...given);
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};
