// Text as it may be shown: what would make it read differently from what it says is marked (Unicode UTR 36, bidirectional text spoofing).

/** Overrides of the direction of writing, with which `gpj.exe` reads `exe.jpg`, become visible and have no effect. */
export const withoutOverrides = (text: string): string => text.replaceAll(/[\u202d\u202e]/gu, '\ufffd');
