// Where the unread messages begin: marked when one comes to look, until one has left or answered.
import { useEffect, useRef, useState } from 'react';

/** Key of the first message that was unread. `first` is what is unread now; it is read while somebody looks. */
export const useDivider = (first: string | undefined, looking: boolean, ready: boolean): string | undefined => {
  const [divider, setDivider] = useState<string | undefined>();
  const opened = useRef(false);
  useEffect(() => {
    if (!ready) return;
    // What comes while one looks is not worth a line.
    if (first !== undefined && (!looking || !opened.current)) setDivider(first);
    opened.current = true;
  }, [first, looking, ready]);
  return divider;
};
