import { verifyWith } from '../../src/app/verify.js';
import { runCli } from '../../src/cli/run-cli.js';
import type { Verify } from '../../src/cli/run-verify.js';
import type { TableId } from '../../src/core/pairing.js';
import { InlineRunner } from '../../src/runners/inline-runner.js';
import { createWorkerPool } from '../../src/runners/pool.js';
import type { RunJournal } from '../../src/state/journal/run-journal.js';
import type { TableRecord } from '../../src/state/table-record.js';
import type { RunnerParts, TaskHooks, WorkerTask } from '../../src/tasks/task.js';

/** What a sitting left, and what its workers were asked to do. */
export interface SittingRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly tasks: readonly WorkerTask[];
}

export interface SittingOptions {
  /** Is told of each record once it is on the disk, and whom to ask for a stop. */
  readonly onLearned?: (learned: {
    readonly record: TableRecord;
    readonly table: TableId;
    readonly interrupt: () => void;
  }) => void;
  /** Whether the journal is left where it is, although nothing of the run is open. */
  readonly keepsJournal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Does what workers do, and remembers what they were asked. */
class ListeningRunner extends InlineRunner {
  readonly #onTask: (task: WorkerTask) => void;

  constructor(parts: RunnerParts, onTask: (task: WorkerTask) => void) {
    super(parts);
    this.#onTask = onTask;
  }

  override run(task: WorkerTask, hooks: TaskHooks, signal: AbortSignal) {
    this.#onTask(task);
    return super.run(task, hooks, signal);
  }
}

/** Runs a command line of `verify` or `resume` in this process, with a journal that is on the disk after each record. */
export async function runSitting(args: readonly string[], options: SittingOptions = {}): Promise<SittingRun> {
  const said = { stdout: '', stderr: '' };
  const tasks: WorkerTask[] = [];
  const interrupts = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of interrupts) listener();
  };
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const verify: Verify = (config, hooks) => {
    const { journal } = hooks.sitting;
    if (journal !== null) writeThrough(journal, { ...options, interrupt });
    const makeRunner = (parts: RunnerParts) => new ListeningRunner(parts, (task) => tasks.push(task));
    return verifyWith(
      { makePool: (data, workers) => createWorkerPool(data, workers, makeRunner) },
      config,
      hooks,
    );
  };
  const io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: options.env ?? {},
    now: () => performance.now(),
    onInterrupt: (listener: () => void) => {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    exit: (code: number) => {
      throw new Error(`The program would have ended with ${code}.`);
    },
  };
  const nobody = (): Promise<never> => Promise.reject(new Error('Only sittings are run here.'));
  const exitCode = await runCli(args, io, { verify, plan: nobody, apply: nobody });
  return { exitCode, ...said, tasks };
}

interface WriteThrough extends Pick<SittingOptions, 'onLearned' | 'keepsJournal'> {
  readonly interrupt: () => void;
}

function writeThrough(journal: RunJournal, { onLearned, keepsJournal, interrupt }: WriteThrough): void {
  const record = journal.record.bind(journal);
  journal.record = (table, learned) => {
    record(table, learned);
    journal.flush();
    onLearned?.({ record: learned, table, interrupt });
  };
  if (keepsJournal === true) journal.end = () => journal.abandon();
}
