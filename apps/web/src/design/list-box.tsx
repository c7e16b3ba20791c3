// A list of any length from which one is opened: only what is on the screen is drawn. Arrows move, Enter opens, letters find.
// The list has the focus and says which option is meant (WAI-ARIA 1.2, listbox with aria-activedescendant).
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import './list-box.css';
import { type ListOption, type ListRow, moved, TypeAhead } from './list-keys.ts';

interface ListBoxProps {
  readonly label: string;
  readonly rows: readonly ListRow[];
  /** Key of the option that is open. */
  readonly selected: string | undefined;
  readonly onOpen: (key: string) => void;
  /** What scrolls, and how many pixels of it stand above the list. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly above: number;
  readonly list: RefObject<HTMLDivElement | null>;
  /** What an option shows, by its key. */
  readonly children: (key: string) => ReactNode;
}

const isOption = (row: ListRow): row is ListOption => row.kind === 'option';

/** The option that the keys are at. */
const useActive = (options: readonly ListOption[], selected: string | undefined) => {
  const [key, setKey] = useState<string | undefined>();
  const active = options.find((option) => option.key === key);
  const begin = (): void => {
    const open = options.find((option) => option.key === selected);
    if (active === undefined) setKey((open ?? options[0])?.key);
  };
  return { active, setKey, begin };
};

/** Keeps a row in sight, with the title above it when one comes from below. */
const useSight = (rows: readonly ListRow[], row: number): RefObject<VirtualizerHandle | null> => {
  const handle = useRef<VirtualizerHandle>(null);
  const before = useRef(row);
  const titled = rows[row - 1]?.kind === 'title';
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another row is meant.
  useEffect(() => {
    const upwards = row < before.current;
    before.current = row;
    if (row >= 0) handle.current?.scrollToIndex(upwards && titled ? row - 1 : row, { align: 'nearest' });
  }, [row]);
  return handle;
};

export const ListBox = (props: ListBoxProps): ReactElement => {
  const { label, rows, selected, onOpen, scroller, above, list, children } = props;
  const id = useId();
  const options = rows.filter(isOption);
  const { active, setKey, begin } = useActive(options, selected);
  const row = active === undefined ? -1 : rows.indexOf(active);
  const handle = useSight(rows, row);
  const [ahead] = useState(() => new TypeAhead());
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const position = active?.position ?? -1;
    const to = moved(event.key, position, options.length);
    const next = to === undefined ? ahead.find(options, position, event.key, event.timeStamp) : options[to];
    if (next !== undefined) setKey(next.key);
    else if (event.key === 'Enter' && active !== undefined) onOpen(active.key);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={list}
      role="listbox"
      className="list-box"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : id + active.key}
      onFocus={begin}
      onKeyDown={onKeyDown}
    >
      <Virtualizer ref={handle} data={rows} scrollRef={scroller} startMargin={above} keepMounted={row < 0 ? [] : [row]}>
        {(one) =>
          one.kind === 'title' ? (
            <div key={one.key} className="list-title">
              {one.text}
            </div>
          ) : (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus.
            // biome-ignore lint/a11y/useKeyWithClickEvents: and the keys.
            <div
              key={one.key}
              id={id + one.key}
              role="option"
              className="option"
              aria-selected={one.key === selected}
              aria-posinset={one.position + 1}
              aria-setsize={options.length}
              data-active={one === active}
              onMouseDown={() => setKey(one.key)}
              onClick={() => onOpen(one.key)}
            >
              {children(one.key)}
            </div>
          )
        }
      </Virtualizer>
    </div>
  );
};
