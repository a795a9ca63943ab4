import type { GateOutcome } from '../app/gate/gate-ask.js';
import { hidesRows, sidesOf } from '../config/run-config.js';
import type { CheckResult, GateVerdict } from '../core/gate/gate-result.js';
import type { Log } from '../core/log.js';
import { EXIT_CODES } from '../core/verdict.js';
import { formatEvidence } from '../report/gate/gate-words.js';
import type { GuardedIo } from './cli-io.js';
import { openGateOutput } from './gate-output.js';
import { type GateSettings, readGateSettings } from './gate-settings.js';
import { type Interruption, listenForInterrupts } from './interruption.js';
import { openLog } from './open-log.js';
import type { Progress } from './progress.js';
import { readSettings } from './read-settings.js';
import { openProgress, type VerifyCommand } from './run-verify.js';
import { tellBeside } from './taken-stdout.js';
import { turnSettings } from './turn-settings.js';

interface GateCommand extends VerifyCommand {
  readonly kind: 'preflight' | 'cutover';
}

const TICK_MS = 250;

const EXITS: Readonly<Record<GateVerdict, number>> = {
  go: EXIT_CODES.clean,
  ready: EXIT_CODES.clean,
  'no-go': EXIT_CODES.different,
  'not-ready': EXIT_CODES.different,
  'cannot-say': EXIT_CODES.unverified,
};

/** Does what `rowproof preflight` or `rowproof cutover` was asked to; the exit code says the answer. */
export async function runGateCommand(command: GateCommand): Promise<number> {
  const { io, kind } = command;
  const settings = await turnSettings(await readSettings(command));
  try {
    const looksForWaivers = command.flags['no-config'] === undefined;
    const asked = { ...readGateSettings(settings, kind, io), looksForWaivers };
    // Loaded late, with the engines, which the gate needs next.
    const { assertUrls } = await import('../config/resolve-side.js');
    assertUrls(sidesOf(asked.config), { looksAtFiles: true });
    const logged = openLog({ path: asked.plan.logPath, io, hidesValues: hidesRows(asked.config) });
    try {
      return await logged.during(() =>
        asked.wantsGrants ? printGrants(asked, io) : askGate(command, asked, logged.log),
      );
    } finally {
      logged.close();
    }
  } catch (error) {
    throw settings.explain(error);
  }
}

async function printGrants({ config }: GateSettings, io: GuardedIo): Promise<number> {
  // Loaded late: it is asked for once.
  const { describeGrants } = await import('../app/gate/gate-grants.js');
  const { formatGrants } = await import('../report/gate/gate-grants-text.js');
  io.stdout.write(formatGrants(await describeGrants(config)));
  return EXIT_CODES.clean;
}

async function askGate(command: GateCommand, asked: GateSettings, log: Log): Promise<number> {
  const { io } = command;
  const output = openGateOutput(asked, tellBeside(io, asked.outputs));
  const progress = openProgress(asked.plan, io);
  const interruption = listenForInterrupts({
    io,
    say: progress.say,
    onSecond: () => {
      log.warn('command:cut-off', () => ({ exitCode: EXIT_CODES.interrupted }));
      output.discard();
    },
  });
  const timer = setInterval(() => progress.tick(), TICK_MS).unref();
  try {
    const outcome = await answer(command, asked, { log, progress, interruption });
    progress.stop();
    const words = ['rowproof', ...command.words.map(command.hideSecrets)];
    await output.write({ ...outcome, result: { ...outcome.result, command: words } });
    return EXITS[outcome.result.verdict];
  } finally {
    clearInterval(timer);
    progress.stop();
    interruption.close();
    output.discard();
  }
}

interface Listening {
  readonly log: Log;
  readonly progress: Progress;
  readonly interruption: Interruption;
}

async function answer(
  { io, flags }: GateCommand,
  asked: GateSettings,
  { log, progress, interruption }: Listening,
): Promise<GateOutcome> {
  const { signal } = interruption;
  // Loaded late: it reads what most gates do without.
  const { readGateWaivers } = await import('./gate-waivers.js');
  const waivers = await readGateWaivers(asked, io);
  try {
    // Loaded late, with the engines.
    const { runGate } = await import('../app/gate/run-gate.js');
    return await runGate(
      {
        ...asked,
        isReversed: flags.reverse !== undefined,
        accepted: [...asked.accepted, ...waivers.findings],
      },
      {
        signal,
        waivers: waivers.rows,
        onEvent: progress.onEvent,
        onWarning: (sentence) => progress.say(`Warning: ${sentence}`),
        onFirst: (checks) => {
          if (!asked.plan.quiet) for (const line of listClosed(checks)) progress.say(line);
        },
        log,
      },
    );
  } catch (error) {
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') throw signal.reason;
    throw error;
  } finally {
    interruption.runEnded();
  }
}

/** What speaks against the switch already, said before rows are read for as long as that takes. */
function listClosed(checks: readonly CheckResult[]): string[] {
  return checks
    .filter(({ outcome }) => outcome === 'failed')
    .flatMap(({ id, findings }) =>
      findings
        .filter(({ level, accepted }) => level === 'failed' && accepted === null)
        .map((finding) => `Already: ${id} ${finding.subject}: ${formatEvidence(finding)}`),
    );
}
