import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isPossiblePhoneNumber,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { digitsOf, foldVariant, looksLikeNumber, plainNumber } from '../callbacks/person.ts';

/**
 * Returns a phone number as digits with the country first, or undefined if its country is not known. A number is accepted when its
 * length is possible for its country, because numbering plans change faster than any list of valid ranges.
 *
 * A number is international when it begins with `+` or `00`, when it is digits only (Sinch writes it so), or when its first
 * group is a country code. Any other form is national and needs the country. Digits only that are valid in that country and
 * not valid as an international number are national too.
 * @param country ISO 3166 alpha-2, of the setting DEFAULT_COUNTRY
 */
export function readPhoneNumber(written: string, country?: string): string | undefined {
  const plain = plainNumber(written);
  if (!looksLikeNumber(plain)) return undefined;
  const digits = digitsOf(plain) ?? '';
  const marked = /^\s*(\+|00)/.test(plain);
  const international = isPossible(digits) ? digits : undefined;
  if (marked) return international;
  const home = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const national = home && nationalNumber(plain, home);
  if (/\D/.test(plain) && !beginsWithCountry(plain, digits)) return national;
  if (international === undefined) return national;
  return national !== undefined && !isValid(digits) ? national : international;
}

let plans: ReadonlyMap<string, ReadonlySet<number>> | undefined;

/** Returns the possible lengths behind each country code. Without this index a check takes 80 µs, and a list has thousands. */
function lengthsByCode(): ReadonlyMap<string, ReadonlySet<number>> {
  if (plans) return plans;
  const found = new Map<string, Set<number>>();
  const metadata = new Metadata();
  for (const country of getCountries()) {
    metadata.selectNumberingPlan(country);
    const code = getCountryCallingCode(country);
    const lengths = found.get(code) ?? new Set();
    for (const length of metadata.numberingPlan?.possibleLengths() ?? []) lengths.add(length);
    found.set(code, lengths);
  }
  plans = found;
  return found;
}

/** Returns the country code that these digits begin with. No country code begins with another one. */
const countryCodeOf = (digits: string): string | undefined =>
  [1, 2, 3].map((length) => digits.slice(0, length)).find((code) => lengthsByCode().has(code));

/** Whether the length of these digits is possible for their country. A variant is tested in its one form. */
function isPossible(written: string): boolean {
  if (!/^[1-9]\d{4,14}$/.test(written)) return false;
  const digits = foldVariant(written);
  const code = countryCodeOf(digits);
  // Satellite and other codes that belong to no country.
  if (code === undefined) return isPossiblePhoneNumber(`+${digits}`);
  return (
    lengthsByCode()
      .get(code)
      ?.has(digits.length - code.length) ?? false
  );
}

const isValid = (digits: string): boolean =>
  parsePhoneNumberFromString(`+${foldVariant(digits)}`)?.isValid() ?? false;

/** Returns a national number of a country with the country first; undefined where it is not valid there. */
function nationalNumber(plain: string, country: CountryCode): string | undefined {
  const number = parsePhoneNumberFromString(plain, country);
  return number?.isValid() ? number.number.slice(1) : undefined;
}

/** Whether the first group of a written number is the code of its country: `46 73 …`, not `202-555-…` (+20 is Egypt). */
function beginsWithCountry(plain: string, digits: string): boolean {
  const group = /^\d+/.exec(plain)?.[0];
  return group !== undefined && countryCodeOf(digits) === group;
}
