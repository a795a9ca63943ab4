// Runs one database server for as long as its standard input stays open, then stops it and removes its folder.
// The pipe closes however the test run ends, even by SIGKILL, so no server outlives a run.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const KILL_AFTER_MS = 5_000;
const LOG_TAIL_CHARACTERS = 4_000;

const { command, args, folder, account, stopSignal } = JSON.parse(process.argv[2]);
const logFile = join(folder, 'server.log');
const log = openSync(logFile, 'a');
const server = spawn(command, args, { cwd: folder, stdio: ['ignore', log, log], ...account });
closeSync(log);
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.stdin.on('close', stop);
process.stdin.resume();
server.on('error', (error) => finish(`cannot start ${command}: ${error.message}`));
server.on('exit', (code, signal) => finish(`${command} ended with ${signal ?? `exit code ${code}`}`));

function stop() {
  if (stopping) return;
  stopping = true;
  server.kill(stopSignal);
  setTimeout(() => server.kill('SIGKILL'), KILL_AFTER_MS).unref();
}

function finish(reason) {
  if (!stopping)
    process.stderr.write(`${reason}\n${readFileSync(logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS)}`);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // The other server of this run still has its folder in there.
  }
  process.exit(stopping ? 0 : 1);
}
