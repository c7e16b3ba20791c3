// A text field: label above, a help or error sentence below, something fixed at its end if need be.
import type { ReactElement, ReactNode, RefObject } from 'react';
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';
import './field.css';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly name?: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete?: string;
  readonly help?: string;
  readonly error?: string | undefined;
  readonly suffix?: ReactNode;
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  readonly input?: RefObject<HTMLInputElement | null>;
}

export const Field = ({ label, help, error, suffix, value, onChange, input, ...rest }: FieldProps): ReactElement => (
  <TextField className="field" value={value} onChange={onChange} isInvalid={error !== undefined}>
    <Label className="field-label">{label}</Label>
    <div className="field-box">
      <Input
        {...rest}
        {...(input === undefined ? {} : { ref: input })}
        className="field-input"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        dir="auto"
      />
      {suffix !== undefined && <span className="field-suffix">{suffix}</span>}
    </div>
    {help !== undefined && error === undefined && (
      <Text slot="description" className="field-help">
        {help}
      </Text>
    )}
    <FieldError className="field-error">{error}</FieldError>
  </TextField>
);
