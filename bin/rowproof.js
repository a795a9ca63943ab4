#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/bundle/cli.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(process.argv.slice(2));
} else {
  console.error('rowproof: The program is not built: dist/bundle/cli.js is not there.');
  console.error('  Run npm ci and npm run build in its folder, or install the package.');
  process.exitCode = 4;
}
