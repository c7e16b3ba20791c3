// Whether somebody looks at this page: it is visible and has the focus.
import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void): (() => void) => {
  document.addEventListener('visibilitychange', changed);
  window.addEventListener('focus', changed);
  window.addEventListener('blur', changed);
  return () => {
    document.removeEventListener('visibilitychange', changed);
    window.removeEventListener('focus', changed);
    window.removeEventListener('blur', changed);
  };
};

const isLooking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

export const useLooking = (): boolean => useSyncExternalStore(subscribe, isLooking);
