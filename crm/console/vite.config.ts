// Builds the console into ../web/static, which crm serves; the floor is Chromium 109.
import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL('../web/static', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome109',
    chunkSizeWarningLimit: 900,
  },
  server: { host: '127.0.0.1', port: 27000 },
  test: { environment: 'node', include: ['test/**/*.test.ts'] },
})
