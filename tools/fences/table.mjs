// Who may import whom. A folder that is not here may not exist: adding a package begins with its line in this table.

/**
 * imports: @parlance packages by short name, or 'any'. Tests beside the sources may import `forTests` besides.
 * pure: the language and TextEncoder/TextDecoder only; no node: modules; of npm only what `npm` lists.
 */
export const rooms = {
  'packages/base': { pure: true, imports: [] },
  'packages/xml': { pure: true, imports: ['base'] },
  'packages/xmpp': { pure: true, imports: ['base', 'xml'], npm: ['tr46', '@mongodb-js/saslprep'] },
  'packages/sip': { pure: true, imports: ['base', 'xml'] },
  'packages/core': { pure: true, imports: ['base'], npm: ['unhomoglyph'] },
  'packages/rooms': { pure: true, imports: ['base'] },
  'packages/storage': { imports: ['base', 'core'] },
  'packages/cluster': { imports: ['base', 'core'] },
  'packages/xmpp-server': { imports: ['base', 'xml', 'xmpp', 'core', 'rooms'] },
  'packages/sip-server': { imports: ['base', 'xml', 'sip', 'core'] },
  'packages/gateway': { imports: ['base', 'xml', 'xmpp', 'sip', 'core'] },
  'packages/http': { imports: ['base', 'core'] },
  'packages/xmpp-client': { imports: ['base', 'xml', 'xmpp'] },
  'packages/sip-client': { imports: ['base', 'sip'] },
  'packages/peer': { imports: ['base'] },
  'packages/chat': { pure: true, imports: ['base', 'xml', 'xmpp', 'xmpp-client'] },
  'packages/testkit': { imports: ['base', 'xml', 'xmpp', 'core', 'storage'] },
  'apps/server': { imports: 'any' },
  'apps/web': { imports: ['base', 'xml', 'xmpp', 'xmpp-client', 'peer', 'chat'] },
  'apps/cli': { imports: ['base', 'xml', 'xmpp', 'sip', 'xmpp-client', 'sip-client', 'peer', 'chat'] },
  'apps/desktop': { imports: ['base', 'xml', 'xmpp', 'sip', 'xmpp-client', 'sip-client', 'peer', 'chat'] },
  scenarios: { imports: 'any' },
  interop: { imports: 'any' },
  bench: { imports: 'any' },
  examples: { imports: 'any' },
};

/** Packages that tests may import in every room: fakes, the embedded store, and the client that plays the other side. */
export const forTests = ['testkit', 'storage', 'xmpp-client'];

/** Folders whose files are extensions: each may be removed alone, so none imports another. */
export const extensionFolders = ['packages/xmpp-server/src/ext', 'packages/sip-server/src/ext'];

/** Names that a pure package may not use: what a platform adds to the language. */
export const platformGlobals = new Set(
  `Buffer process console global globalThis window document navigator self require
  setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask
  performance crypto fetch WebSocket Worker MessageChannel EventTarget Event structuredClone
  URL URLSearchParams AbortController AbortSignal Blob atob btoa localStorage indexedDB`.split(/\s+/),
);
