// The icons: drawn on a grid of 20, one line width, no meaning without the words beside them.
import type { ReactElement } from 'react';

const paths = {
  add: 'M10 4v12M4 10h12',
  back: 'M12.5 4.5 7 10l5.500 5.500',
  close: 'm5 5 10 10M15 5 5 15',
  more: 'M10 4.500v.01M10 10v.01M10 15.500v.01',
  search: 'M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM13 13l4 4',
  send: 'M10 16V4.500M5 9l5-5 5 5',
  check: 'm4 10.500 4 4 8-9',
  offline: 'M3 3l14 14M6 6.600A6 6 0 0 0 4.500 9M15.500 9A6 6 0 0 0 9 5M7.500 12.500a3.500 3.500 0 0 1 5 0M10 16v.01',
  retry: 'M15.500 10a5.500 5.500 0 1 1-1.700-4M15.500 3.500V7H12',
  person: 'M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.500c.600-3 3-4.500 6-4.500s5.400 1.500 6 4.500',
  eye: 'M2.500 10S5 5 10 5s7.500 5 7.500 5-2.500 5-7.500 5-7.500-5-7.500-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  down: 'M10 4v11.500M5 11l5 5 5-5',
  block: 'M10 16.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM5.500 5.500l9 9',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name, size = 20 }: { readonly name: IconName; readonly size?: number }): ReactElement => (
  <svg aria-hidden="true" width={size} height={size} viewBox="0 0 20 20" fill="none">
    <path
      d={paths[name]}
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.5 : 1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);

/** The sign of the house: two marks of quotation, one answering the other. */
export const Mark = ({ size }: { readonly size: number }): ReactElement => (
  <svg aria-hidden="true" className="mark" width={size} height={size} viewBox="0 0 32 32">
    <path
      className="mark-first"
      d="M4.500 20.500c0-7.300 3.500-11.700 8.800-13.600l1.300 2.600c-2.800 1.300-4.400 3.100-4.800 5.200 2.900.1 4.800 2.200 4.800 5 0 2.900-2.200 5.100-5 5.100-3.100 0-5.100-1.900-5.100-4.300Z"
    />
    <path
      className="mark-second"
      d="M17 20.500c0-7.300 3.500-11.700 8.800-13.600l1.300 2.600c-2.800 1.300-4.400 3.100-4.800 5.200 2.900.1 4.800 2.200 4.800 5 0 2.900-2.200 5.100-5 5.100-3.100 0-5.100-1.900-5.100-4.300Z"
    />
  </svg>
);
