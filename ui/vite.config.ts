/// <reference types="vitest/config" />
import { defineConfig, type Plugin } from 'vite';
import react from '@vitejs/plugin-react';

// The server to develop against: PROCYON_URL=http://127.0.0.1:8127 npm run dev
const server = process.env['PROCYON_URL'] ?? 'http://127.0.0.1:8127';

// What many pages share travels in few files: browsers ask an http server for six at a time, and
// each round counts on a slow line. Large things that few pages need stay by themselves.
const GROUPS = [
  { name: 'editors', test: /node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)\//, priority: 5 },
  { name: 'frame', test: /node_modules\/(?!uplot|lucide-react|@tanstack\/(react-)?(table|virtual))|src\/(charts\/(palette|units|data)|components(?!\/(Table|ColumnGrip))|util|api|time|shell)\//, minShareCount: 3, priority: 4 },
  { name: 'icons', test: /node_modules\/lucide-react\//, minShareCount: 2, priority: 3 },
  { name: 'graphs', test: /node_modules\/uplot\/|src\/(charts|widgets\/(query|parts))\//, minShareCount: 2, priority: 2 },
  { name: 'boards', test: /src\/(dashboards|widgets|explorer)\//, minShareCount: 4, priority: 1 },
];

/** The text's font begins to load with the page, not with its first text. */
const preloadFont: Plugin = {
  name: 'preload-font',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((name) => /inter-latin-wght-normal-.*\.woff2$/.test(name))
        .map((name) => ({ tag: 'link', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${name}` }, injectTo: 'head' as const })),
  },
};

export default defineConfig({
  plugins: [react(), preloadFont],
  build: {
    target: 'es2022',
    // The policy forbids data: fonts, and small files travel well over one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, changeOrigin: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
