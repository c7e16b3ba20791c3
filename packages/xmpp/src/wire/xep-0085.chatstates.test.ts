// XEP-0085: the states of §4, and what is none of them.
import { el } from '@parlance/xml/element';
import { expect, test } from 'vitest';
import { namespaces } from '../namespaces.ts';
import { chatState, readChatState } from './xep-0085.chatstates.ts';

const message = (child: ReturnType<typeof el>): ReturnType<typeof el> => el('message', namespaces.client, {}, child);

test('each state is read as it was written', () => {
  for (const state of ['active', 'composing', 'paused', 'inactive', 'gone'] as const)
    expect(readChatState(message(chatState(state)))).toBe(state);
});

test('an unknown state and another namespace say nothing', () => {
  expect(readChatState(message(el('dreaming', namespaces.chatstates)))).toBeUndefined();
  expect(readChatState(message(el('composing', namespaces.client)))).toBeUndefined();
});
