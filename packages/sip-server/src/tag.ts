// Our tag in answers: the same for the same request, so that an answer without a transaction comes out equal (RFC 3261 §8.2.7).
import type { SipRequest } from '@parlance/sip/message';
import type { SipContext } from './context.ts';

export const answerTag = ({ seal }: Pick<SipContext, 'seal'>, request: SipRequest): string => {
  const parts = ['call-id', 'cseq', 'from', 'via'].map((id) => request.text(id) ?? '');
  return seal('tag', ...parts).slice(0, 12);
};
