import { AppError } from '../../errors.ts';

/** An address as it was typed. `localhost:8787` is none, though URL reads it as one of the scheme "localhost". @throws AppError `bad_request` */
export function webAddress(written: string): URL {
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written))
    throw new AppError(
      'bad_request',
      `"${written}" is no address: expected http://host or https://host`,
    );
  return new URL(written);
}
