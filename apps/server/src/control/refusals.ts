// What the core refuses, as the CLI is told of it.
import type { Refusal } from '@parlance/base/refusal';
import type { Resemblance } from '@parlance/core/membership';
import { type Code, ControlRefusal } from './requests.ts';

const codes: Partial<Record<Refusal['refused'], Code>> = {
  conflict: 'address-taken',
  'not-found': 'address-unknown',
  'not-allowed': 'domain-foreign',
  'not-acceptable': 'password-malformed',
  // Of app passwords.
  gone: 'app-password-unknown',
  overloaded: 'app-passwords-many',
  'bad-request': 'label-long',
};

interface Told {
  readonly code: Code;
  readonly other?: string;
}

/** What a refusal is called here, and for whose sake. */
export const told = (refusal: Refusal | Resemblance): Told =>
  'resembles' in refusal
    ? { code: 'address-resembles', other: refusal.resembles }
    : { code: codes[refusal.refused] ?? 'internal' };

/** Throws what was refused, if anything, with the address as it was written. */
export const throwRefused = (refusal: Refusal | undefined, written: string): null => {
  if (refusal === undefined) return null;
  const { code, other } = told(refusal);
  throw new ControlRefusal(code, written, other);
};
