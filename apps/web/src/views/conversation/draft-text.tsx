// The text field of the composer: grows with its text, sends on Enter, takes the focus where that opens no keyboard.
import { type KeyboardEvent, type ReactElement, type RefObject, useEffect, useLayoutEffect } from 'react';

interface DraftTextProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onSend: () => void;
}

/** An input method's Enter chooses a character, it does not send. Safari ends the composition first and then tells of the key (229). */
const isComposing = (event: { readonly isComposing: boolean; readonly keyCode: number }): boolean =>
  event.isComposing || event.keyCode === 229;

export const DraftText = ({ field, label, text, onChange, onSend }: DraftTextProps): ReactElement => {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent)) return;
    event.preventDefault();
    onSend();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text, field]);
  useEffect(() => {
    // On a touch screen the keyboard would cover what one came to read.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, [field]);
  return (
    <textarea
      ref={field}
      className="composer-text"
      rows={1}
      dir="auto"
      aria-label={label}
      placeholder={label}
      aria-describedby="composer-hint"
      enterKeyHint="send"
      value={text}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
};
