// The one way in which views learn of state: they subscribe to a readable of the model.
import type { Readable } from '@parlance/chat/cell';
import { useSyncExternalStore } from 'react';

/** The present value; the view is drawn again when it changes. */
export const useReadable = <T>(readable: Readable<T>): T => useSyncExternalStore(readable.subscribe, readable.snapshot);
