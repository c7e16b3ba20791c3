// A menu behind an icon button.
import type { ReactElement } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { IconButton } from './button.tsx';
import type { IconName } from './icons.tsx';
import './menu.css';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

interface MenuProps {
  readonly icon: IconName;
  readonly label: string;
  readonly choices: readonly Choice[];
}

export const Menu = ({ icon, label, choices }: MenuProps): ReactElement => (
  <MenuTrigger>
    <IconButton icon={icon} label={label} />
    <Popover className="popover" placement="bottom end">
      <AriaMenu className="menu" aria-label={label}>
        {choices.map(({ id, label: text, danger, run }) => (
          <MenuItem
            key={id}
            id={id}
            onAction={run}
            className={`menu-item${danger === true ? ' menu-item-danger' : ''}`}
          >
            {text}
          </MenuItem>
        ))}
      </AriaMenu>
    </Popover>
  </MenuTrigger>
);
