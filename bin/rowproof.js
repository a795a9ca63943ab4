#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/bundle/cli.cjs', import.meta.url));
if (existsSync(program)) {
  const { main } = createRequire(import.meta.url)(program);
  await main(process.argv.slice(2));
} else {
  console.error('rowproof: The program is not built: dist/bundle/cli.cjs is not there.');
  console.error('  Run npm ci and npm run build in its folder, or install the package.');
  process.exitCode = 4;
}
