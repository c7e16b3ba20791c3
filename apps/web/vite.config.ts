// How the web client is bundled: what the compiler made of the house's packages, one style file, nothing inline, nothing from elsewhere.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    // What others have written changes seldom: it stays in the browser's cache over our releases.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] } } },
    chunkSizeWarningLimit: 1_000,
  },
});
