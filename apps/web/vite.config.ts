// How the web client is bundled: what the compiler made of the house's packages, one style file, nothing inline, nothing from elsewhere.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Lays everything beside itself as small as it can be made once, so that the server need not. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle: ({ dir = '' }, bundle) => {
    for (const file of Object.values(bundle)) {
      if (!/\.(?:js|css|html|svg)$/.test(file.fileName)) continue;
      const content = file.type === 'chunk' ? file.code : file.source;
      writeFileSync(join(dir, `${file.fileName}.br`), brotliCompressSync(content));
      writeFileSync(join(dir, `${file.fileName}.gz`), gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [react(), compressed],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    // What others have written changes seldom: it stays in the browser's cache over our releases. What the first screen
    // needs of it comes first.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'screen', test: /node_modules\/(?:react|react-dom|scheduler|i18next|react-i18next)\// },
            { name: 'names', test: /node_modules\/(?:tr46|punycode)\// },
          ],
        },
      },
    },
  },
});
