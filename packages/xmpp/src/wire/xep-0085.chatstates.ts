// Chat states on the wire: who is typing (XEP-0085 §5).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

const states = ['active', 'composing', 'paused', 'inactive', 'gone'] as const;

export type ChatState = (typeof states)[number];

export const chatState = (state: ChatState): Element => el(state, namespaces.chatstates);

/** The state that a message tells; undefined when it tells none. */
export const readChatState = (message: Element): ChatState | undefined => {
  const name = message.childIn(namespaces.chatstates)?.name;
  return states.find((state) => state === name);
};
