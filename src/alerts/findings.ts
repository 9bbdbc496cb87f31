import * as v from 'valibot';
import { type Finding, openReport, reportIssues } from '../rules/model/finding.ts';
import { Alerts } from './config.ts';

/** The findings about an `alerts.json`. @param alerts its content; `undefined` when there is no file */
export function alertFindings(alerts: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  const report = openReport('alerts.json', findings);
  if (alerts === undefined || alerts === null) {
    report.error([], {
      code: 'missing-file',
      message: 'the file is missing: it defines where alerts go',
    });
    return findings;
  }
  const parsed = v.safeParse(Alerts, alerts);
  if (!parsed.success) reportIssues(report, parsed.issues, [], Alerts, alerts);
  return findings;
}
