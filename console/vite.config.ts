import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { noncePlaceholder } from '../src/http/console-page.ts';

/** Builds the console to `dist`, which the server serves. `npm run console` serves it while one works on it, before a server on port 8080. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  // Stands for the nonce that the server puts into every answer (src/http/console.ts).
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // A data: address would have to be allowed by the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What several screens share comes in one file and not in dozens.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 3, test: /node_modules|console\/(ui|api)\// }] },
      },
    },
    target: 'es2023',
    reportCompressedSize: false,
    // What the first load may weigh is measured, compressed, by `npm run bench -- console`.
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/.well-known': 'http://127.0.0.1:8080' } },
});

/** Compresses once, at the build and as well as can be, what would otherwise be compressed with every answer. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'lethe-compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    writeBundle: (options) => {
      folder = options.dir ?? folder;
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((name) => /\.(js|css|svg)$/.test(name))) {
        const bytes = readFileSync(join(folder, file));
        writeFileSync(join(folder, `${file}.br`), brotliCompressSync(bytes));
        writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
