import * as v from 'valibot';

/** Returns what is wrong with a value, and where. The received value is never repeated, because it may identify a person. */
export function said(issue: v.BaseIssue<unknown>, whole?: string): string {
  const place = v.getDotPath(issue) ?? whole;
  return place === undefined ? wrong(issue) : `${place}: ${wrong(issue)}`;
}

function wrong({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known here';
  if (received === 'undefined') return 'is missing';
  return message.replace(/^Invalid \w+: Expected/, 'expected').replace(/ but received .*$/s, '');
}
