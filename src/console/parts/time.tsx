import { ago, fullTime } from '../state/time.ts';

/** A time in the viewer's zone; how long ago stands in its title or, with `relative`, the other way round. */
export const Time = ({ at, relative = false }: { at: string; relative?: boolean }) => (
  <time dateTime={at} title={relative ? fullTime(at) : ago(at)}>
    {relative ? ago(at) : fullTime(at)}
  </time>
);
