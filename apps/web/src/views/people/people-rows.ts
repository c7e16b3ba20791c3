// Who stands where in the list: conversations by time, strangers apart, then everybody else by name.
import type { Contact } from '@parlance/chat/contacts/contacts';
import type { ConversationView } from '@parlance/chat/conversation';
import type { ListRow } from '../../design/list-keys.ts';

/** Somebody in the list, with what was said last if anything was. */
export interface Person {
  readonly contact: Contact;
  readonly conversation: ConversationView | undefined;
}

const sectionIds = ['conversations', 'strangers', 'others'] as const;

export type SectionId = (typeof sectionIds)[number];

/** Strangers stand apart: anybody may write, nobody need be heard. */
const sectionOf = ({ contact, conversation }: Person, own: string): SectionId => {
  if (conversation === undefined) return 'others';
  const answered = conversation.entries.some(({ direction }) => direction === 'out');
  return contact.listed || answered || contact.address === own ? 'conversations' : 'strangers';
};

/** Those with whom something was said, the latest first, then everybody else by name. */
export const inOrder = (
  contacts: ReadonlyMap<string, Contact>,
  conversations: readonly ConversationView[],
  stranger: (address: string) => Contact,
  language: string,
): readonly Person[] => {
  const talking = new Set(conversations.map(({ peer }) => peer));
  const quiet = [...contacts.values()].filter(({ address }) => !talking.has(address));
  const { compare } = new Intl.Collator(language, { numeric: true });
  return [
    ...conversations.map((conversation) => ({
      conversation,
      contact: contacts.get(conversation.peer) ?? stranger(conversation.peer),
    })),
    ...quiet
      .toSorted((one, other) => compare(one.name, other.name))
      .map((contact) => ({ contact, conversation: undefined })),
  ];
};

/** Those whose name or address has the text in it. */
export const found = (people: readonly Person[], text: string): readonly Person[] => {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return people;
  return people.filter(({ contact }) =>
    [contact.name, contact.address].some((each) => each.toLocaleLowerCase().includes(wanted)),
  );
};

/** Rows with the titles of the sections, as `title` names them. */
export const rowsOf = (
  people: readonly Person[],
  own: string,
  title: (id: SectionId) => string,
): readonly ListRow[] => {
  let position = 0;
  return sectionIds.flatMap((id): readonly ListRow[] => {
    const section = people.filter((person) => sectionOf(person, own) === id);
    if (section.length === 0) return [];
    return [
      { kind: 'title', key: `title ${id}`, text: title(id) },
      ...section.map(({ contact: { address, name } }) => ({
        kind: 'option' as const,
        key: address,
        text: name,
        position: position++,
      })),
    ];
  });
};
