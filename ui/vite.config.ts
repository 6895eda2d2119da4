/// <reference types="vitest/config" />
import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

// The server to develop against: PROCYON_URL=http://127.0.0.1:8127 npm run dev
const server = process.env['PROCYON_URL'] ?? 'http://127.0.0.1:8127';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The policy forbids data: fonts, and small files travel well over one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, changeOrigin: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
