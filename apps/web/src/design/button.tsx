// Buttons: with words, or with an icon and words for those who cannot see it.
import type { ReactElement, ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import './button.css';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly tone?: 'primary' | 'quiet' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly onPress?: () => void;
  readonly slot?: string;
  readonly isDisabled?: boolean;
}

export const Button = ({ tone = 'quiet', type = 'button', ...rest }: ButtonProps): ReactElement => (
  <AriaButton {...rest} type={type} className={`button button-${tone}`} />
);

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly tone?: 'plain' | 'primary';
  readonly type?: 'button' | 'submit';
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  readonly slot?: string;
}

export const IconButton = ({
  icon,
  label,
  tone = 'plain',
  type = 'button',
  ...rest
}: IconButtonProps): ReactElement => (
  <AriaButton {...rest} type={type} aria-label={label} className={`icon-button icon-button-${tone}`}>
    <Icon name={icon} />
  </AriaButton>
);
