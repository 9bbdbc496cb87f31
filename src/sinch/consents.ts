import * as v from 'valibot';

/** An entry of Sinch's consent lists: which list an identity was put on or taken off, and when. */
export interface ConsentListChange {
  /** `unknown`: the list, the operation or the time of the entry is not known here. */
  readonly list: 'all' | 'marketing' | 'notification' | 'unknown';
  readonly to: 'on' | 'off';
  /** Milliseconds since 1970; NaN where the entry states no time. */
  readonly at: number;
  readonly appId: string;
}

const LISTS: { readonly [list: string]: ConsentListChange['list'] } = {
  OPT_OUT_ALL: 'all',
  OPT_OUT_MARKETING: 'marketing',
  OPT_OUT_NOTIFICATION: 'notification',
};
const OPERATIONS: { readonly [operation: string]: ConsentListChange['to'] } = {
  INSERT: 'on',
  UPDATE: 'on',
  DELETE: 'off',
};

/** Source: Sinch specification, AuditRecordsResponse; the SDKs write the operations with and without `OPERATION_`. */
const AuditRecords = v.looseObject({
  audit_records: v.nullish(
    v.array(
      v.looseObject({
        operation: v.optional(v.string(), ''),
        list_type: v.optional(v.string(), ''),
        app_id: v.optional(v.string(), ''),
        datetime: v.optional(v.string(), ''),
      }),
    ),
    [],
  ),
});

/** Reads the response of `GET /apps/{app_id}/consents/identities/{identity}`, oldest first; entries without a time come last. */
export function readConsentLists(answer: unknown): readonly ConsentListChange[] {
  const { audit_records: records } = v.parse(AuditRecords, answer);
  const changes = (records ?? []).map(({ operation, list_type, app_id: appId, datetime }) => {
    const list = LISTS[list_type];
    const to = OPERATIONS[operation.replace(/^OPERATION_/, '')];
    const at = Date.parse(datetime);
    const isKnown = list !== undefined && to !== undefined && Number.isFinite(at);
    return isKnown ? { list, to, at, appId } : { list: UNKNOWN, to: ON, at, appId };
  });
  const isTimed = ({ at }: ConsentListChange): boolean => Number.isFinite(at);
  return [
    ...changes.filter(isTimed).toSorted((a, b) => a.at - b.at),
    ...changes.filter((change) => !isTimed(change)),
  ];
}

const UNKNOWN = 'unknown' as const;
const ON = 'on' as const;
