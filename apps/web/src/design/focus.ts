// The focus when what had it goes away: it stays near, so that keys and screen readers do not begin again at the top.

/** What has the focus is about to go: its nearest surroundings of that kind, which must be focusable, take it. */
export const leaveTo = (selector: string): void => {
  document.activeElement?.closest<HTMLElement>(selector)?.focus({ preventScroll: true });
};

/** Takes the focus if nobody has it. */
export const takeFocus = (element: HTMLElement | null): void => {
  if (document.activeElement === document.body) element?.focus({ preventScroll: true });
};
