// Addresses that may be taken for others: letters of alphabets that look alike, side by side (UTS #39, mixed-script detection).
import { mixesAlphabets } from '@parlance/base/alphabets';

/** `rоmeo@…` with a Cyrillic о may; a Russian name on a Latin domain may not, and neither may Chinese beside Latin. */
export const mayImitate = (address: string): boolean => address.split(/[@.]/).some(mixesAlphabets);
