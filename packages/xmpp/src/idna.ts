// Domain names in Unicode and in ASCII (UTS 46, RFC 5891), by the tr46 package.
import { toASCII, toUnicode } from 'tr46';

/** STD 3 and everything that RFC 5891 §4.2.3 and RFC 5893 ask of a label. */
const strict = { checkHyphens: true, checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true };

/** The name as lower-case U-labels; undefined when it is none, or too long for the DNS (RFC 1035 §2.3.4). */
export const unicodeName = (text: string): string | undefined => {
  const { domain, error } = toUnicode(text, strict);
  const ascii = error ? null : toASCII(domain, { ...strict, verifyDNSLength: true });
  return ascii === null ? undefined : domain;
};

/** Whether zero-width joiners and non-joiners stand where scripts need them (RFC 5892 A.1, A.2). */
export const joinersFit = (text: string): boolean => !toUnicode(text, { checkJoiners: true }).error;
