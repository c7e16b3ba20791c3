// Which responses can be used: all that a user agent reads of them can be read (RFC 3261 §18.1.2).
import { isUsable } from '@parlance/sip/check';
import { SipError } from '@parlance/sip/error';
import { contact, wildcard } from '@parlance/sip/headers/name-addr';
import { expires, minExpires, require, sipEtag } from '@parlance/sip/headers/plain';
import { rseq } from '@parlance/sip/headers/reliable';
import type { SipResponse } from '@parlance/sip/message';
import { readUri } from '@parlance/sip/uri';

/** What is not is dropped, as if it had been lost on the way. */
export const isReadable = (response: SipResponse): boolean => isUsable(response) && canBeRead(response);

const canBeRead = (response: SipResponse): boolean => {
  try {
    for (const each of response.all(contact)) if (each !== wildcard) readUri(each.uri);
    for (const codec of [expires, minExpires, rseq]) response.optional(codec);
    response.optional(sipEtag);
    response.all(require);
    return true;
  } catch (error) {
    if (error instanceof SipError) return false;
    throw error;
  }
};
