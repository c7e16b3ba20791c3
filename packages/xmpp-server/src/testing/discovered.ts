// Extensions on a stage where they are discovered as well (XEP-0030): tests of one extension do not import another.
import { disco } from '../ext/xep-0030.disco.ts';
import type { Extension } from '../extension.ts';

export const discovered = (...extensions: readonly Extension[]): readonly Extension[] => [disco, ...extensions];
