import type { VerifyOutcome } from '../app/run-hooks.js';
import type { EndedTurn, TurnKind, WatchEnd, WatchNews } from '../app/watch/watch-news.js';
import type { TurnView } from '../app/watch/watch-request.js';
import { hashConfig } from '../config/config-hash.js';
import { hidesRows, sidesOf } from '../config/run-config.js';
import type { Log } from '../core/log.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { PassSummary } from '../core/watch.js';
import type { GuardedIo } from './cli-io.js';
import { type Interruption, listenForInterrupts } from './interruption.js';
import { openLog } from './open-log.js';
import { plannedFiles } from './output-plan.js';
import { createSilence, type Progress } from './progress.js';
import { readSettings } from './read-settings.js';
import { openRunOutput } from './run-output.js';
import { openProgress, type VerifyCommand } from './run-verify.js';
import { tellBeside } from './taken-stdout.js';
import { turnSettings } from './turn-settings.js';
import { formatEnd, formatNews, formatTurn, isNews } from './watch-lines.js';
import { readWatchSettings, type WatchSettings } from './watch-settings.js';
import { WritingWatch } from './writing-watch.js';

const TICK_MS = 250;

/** Does what `rowproof watch` was asked to, and returns the exit code once it is time or somebody stops it. */
export async function runWatch(command: VerifyCommand): Promise<number> {
  const { io, flags } = command;
  const settings = await turnSettings(await readSettings(command));
  try {
    const watched = readWatchSettings(settings, flags, io);
    const { config, plan } = watched;
    // Loaded late, with the engines, which the first pass needs next.
    const { assertUrls } = await import('../config/resolve-side.js');
    assertUrls(sidesOf(config), { looksAtFiles: true });
    const logged = openLog({ path: plan.logPath, io, hidesValues: hidesRows(config) });
    try {
      return await logged.during(() => new WatchCommand(command, watched, logged.log).run());
    } finally {
      logged.close();
    }
  } catch (error) {
    throw settings.explain(error);
  }
}

const EXITS: Readonly<Record<WatchEnd['kind'], number>> = {
  ready: EXIT_CODES.clean,
  different: EXIT_CODES.different,
  late: EXIT_CODES.unverified,
  interrupted: EXIT_CODES.interrupted,
};

/** A watch on the command line: its lines on stdout, its progress on stderr, and the outputs of each pass. */
class WatchCommand {
  readonly #command: VerifyCommand;
  readonly #io: GuardedIo;
  readonly #watched: WatchSettings;
  readonly #log: Log;
  readonly #interruption: Interruption;
  /** Of the pass under way. */
  #progress: Progress;
  #last: EndedTurn | null = null;
  #told: PassSummary | null = null;

  constructor(command: VerifyCommand, watched: WatchSettings, log: Log) {
    this.#command = command;
    this.#io = tellBeside(command.io, plannedFiles(watched.plan));
    this.#watched = watched;
    this.#log = log;
    this.#progress = createSilence(this.#io.stderr);
    this.#interruption = listenForInterrupts({
      io: this.#io,
      say: (text) => this.#progress.say(text),
      onSecond: () => log.warn('command:cut-off', () => ({ exitCode: EXIT_CODES.interrupted })),
    });
  }

  async run(): Promise<number> {
    const { config, rules, folder } = this.#watched;
    // Loaded late: no other command watches.
    const { watch } = await import('../app/watch/watch.js');
    try {
      const end = await watch({
        config,
        rules,
        place: { folder, watch: `watch-${hashConfig(config).askedHash}` },
        parts: {
          verify: this.#command.verify,
          openView: (kind) => this.#openView(kind),
          onWarning: (sentence) => this.#progress.say(`Warning: ${sentence}`),
          log: this.#log,
        },
        signal: this.#interruption.signal,
        now: this.#io.now,
        onNews: (news) => this.#tell(news),
      });
      this.#io.stdout.write(`${formatEnd(end, this.#last, Date.now())}\n`);
      return EXITS[end.kind];
    } finally {
      this.#interruption.close();
    }
  }

  #tell(news: WatchNews): void {
    const { plan, rules } = this.#watched;
    const said = formatNews(news, rules.takeOverAfterMs);
    if (said !== null) this.#progress.say(said);
    if (news.type !== 'turn') return;
    this.#last = news.turn;
    const isTold = news.turn.kind === 'pass' || isNews(news.turn, this.#told);
    if (plan.quiet || !isTold) return;
    this.#told = news.turn.summary;
    this.#progress.stop();
    this.#io.stdout.write(`${formatTurn(news.turn, Date.now())}\n`);
  }

  /** Only whole passes have outputs and a line of progress: looks are short, and there are many. */
  async #openView(kind: TurnKind): Promise<TurnView> {
    const { plan } = this.#watched;
    const io = this.#io;
    const silent = { write: () => undefined };
    const isPass = kind === 'pass';
    const output = isPass
      ? await openRunOutput({
          plan,
          io: { ...io, stdout: silent, stderr: silent, annotate: () => undefined },
        })
      : null;
    const progress = isPass ? openProgress(plan, io) : createSilence(io.stderr);
    this.#progress = progress;
    const timer = setInterval(() => progress.tick(), TICK_MS).unref();
    return {
      onEvent: progress.onEvent,
      write: async (outcome: VerifyOutcome) => {
        const command = ['rowproof', ...this.#command.words.map(this.#command.hideSecrets)];
        const result = { ...outcome.result, command };
        const watch = new WritingWatch({ show: progress.show, stop: this.#interruption.signal });
        await output?.write({ ...outcome, result, trend: null, hashRow: null, watch });
      },
      close: () => {
        clearInterval(timer);
        progress.stop();
        output?.discard();
        this.#progress = createSilence(io.stderr);
      },
    };
  }
}
