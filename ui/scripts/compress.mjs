// Puts a .br and a .gz copy beside each text file of the build: the server picks the one that the
// browser reads, and compresses nothing itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = new URL('../dist', import.meta.url).pathname;
const BYTES_MIN = 1024;

for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, String(name));
  if (!/\.(js|css|svg|json|map)$/.test(path) || statSync(path).size < BYTES_MIN) continue;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
