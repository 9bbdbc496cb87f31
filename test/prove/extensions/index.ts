import type { Extension } from './extension.ts';
import { interfaceExtensions } from './interface-extensions.ts';
import { ruleExtensions } from './rule-extensions.ts';

/** One of each kind. To add a kind: an entry in one of these lists. It must stay one definition and one line. */
export const extensions: readonly Extension[] = [...ruleExtensions, ...interfaceExtensions];
