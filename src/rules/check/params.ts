import type { Finding } from '../model/finding.ts';
import { type AnalysisContext, warning } from './analysis-context.ts';

/** Reports params that are valid alone and have no effect together, as the action's own definition says. */
export const params = ({ rulebook: { rules } }: AnalysisContext): readonly Finding[] =>
  rules.flatMap(({ file, actions }) =>
    actions.flatMap(({ definition, params: given, index }) =>
      (definition.doubts?.(given) ?? []).map(({ param, code, message, hint }) =>
        warning(file, ['then', index, 'params', ...param], code, message, hint),
      ),
    ),
  );
