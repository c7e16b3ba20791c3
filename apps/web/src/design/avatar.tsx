// A person's picture, or the initial on a colour of the address's own, with a dot for presence.
import type { Avatar as Picture } from '@parlance/chat/contacts/avatar';
import type { Availability } from '@parlance/chat/contacts/presence';
import type { CSSProperties, ReactElement } from 'react';
import './avatar.css';

/** A hue from 0 to 359 that is the same for an address everywhere. */
const hueOf = (address: string): number => {
  let hash = 7;
  for (const character of address) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % 360;
};

const initialOf = (name: string): string => (Array.from(name.trim())[0] ?? '?').toLocaleUpperCase();

interface AvatarProps {
  readonly address: string;
  readonly name: string;
  readonly picture: Picture | undefined;
  readonly availability?: Availability | undefined;
  readonly size?: 'small' | 'medium' | 'large';
}

/** Decoration: the name and the presence stand beside it in words. */
export const Avatar = ({ address, name, picture, availability, size = 'medium' }: AvatarProps): ReactElement => (
  <span aria-hidden="true" className={`avatar avatar-${size}`} style={{ '--hue': hueOf(address) } as CSSProperties}>
    {picture === undefined ? (
      <span className="avatar-initial">{initialOf(name)}</span>
    ) : (
      <img className="avatar-picture" alt="" src={`data:${picture.type};base64,${picture.base64}`} />
    )}
    {availability !== undefined && <span className={`dot dot-${availability}`} />}
  </span>
);
