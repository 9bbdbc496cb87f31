import { afterEach, expect } from 'vitest';
import { takeAttempts } from './guard-rules.ts';

// Programs that a test starts are guarded as well.
const guard = `--import=${new URL('./guard-rules.ts', import.meta.url)}`;
if (!process.env.NODE_OPTIONS?.includes(guard))
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, guard].filter(Boolean).join(' ');

afterEach(() => {
  expect(takeAttempts()).toEqual([]);
});
