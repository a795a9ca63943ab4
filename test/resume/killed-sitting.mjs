// A sitting that kills itself, as nothing can catch, once so many things that it learned are on the disk: node
// killed-sitting.mjs STOP WORDS…, on the built package.
import { verifyWith } from '../../dist/app/verify.js';
import { runCli } from '../../dist/cli/run-cli.js';
import { InlineRunner } from '../../dist/runners/inline-runner.js';
import { createWorkerPool } from '../../dist/runners/pool.js';

const [, , stop, ...words] = process.argv;
let learned = 0;

function verify(config, hooks) {
  const { journal } = hooks.sitting;
  const record = journal.record.bind(journal);
  journal.record = (table, what) => {
    record(table, what);
    journal.flush();
    learned++;
    if (learned === Number(stop)) process.kill(process.pid, 'SIGKILL');
  };
  const makeRunner = (parts) => new InlineRunner(parts);
  return verifyWith(
    { makePool: (data, workers) => createWorkerPool(data, workers, makeRunner) },
    config,
    hooks,
  );
}

const io = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  now: () => performance.now(),
  onInterrupt: () => () => undefined,
  exit: process.exit,
};
process.exitCode = await runCli(words, io, { verify });
