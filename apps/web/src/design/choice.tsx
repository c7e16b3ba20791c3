// One of a few: a row of segments, as radio buttons.
import type { ReactElement, ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import './choice.css';

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

export const Segments = <Value extends string>({
  label,
  value,
  options,
  onChange,
}: SegmentsProps<Value>): ReactElement => (
  <RadioGroup
    className="segments"
    value={value}
    orientation="horizontal"
    onChange={(chosen) => {
      const option = options.find((one) => one.value === chosen);
      if (option !== undefined) onChange(option.value);
    }}
  >
    <Label className="field-label">{label}</Label>
    <div className="segments-row">
      {options.map((option) => (
        <Radio key={option.value} value={option.value} className="segment">
          {option.label}
        </Radio>
      ))}
    </div>
  </RadioGroup>
);
