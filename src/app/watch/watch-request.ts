import type { RunConfig } from '../../config/run-config.js';
import type { RunListener } from '../../core/event.js';
import type { Log } from '../../core/log.js';
import type { WatchPlace } from '../../state/watch/watch-folder.js';
import type { RunHooks, VerifyOutcome } from '../run-hooks.js';
import type { TurnKind } from './pass-sitting.js';
import type { WatchNews } from './watch-news.js';
import type { WatchRules } from './watch-rules.js';

/** Who shows how far a pass is, and where its results go. */
export interface TurnView {
  readonly onEvent: RunListener;
  /** Writes what is to be written of a pass that counts. */
  write(outcome: VerifyOutcome): Promise<void>;
  close(): void;
}

/** What a watch is made from. */
export interface WatchParts {
  readonly verify: (config: RunConfig, hooks: Required<RunHooks>) => Promise<VerifyOutcome>;
  /** Is asked before a pass reads anything. */
  readonly openView: (kind: TurnKind) => Promise<TurnView>;
  readonly onWarning: (sentence: string) => void;
  readonly log: Log;
}

/** A watch as it was asked for. */
export interface WatchRequest {
  readonly config: RunConfig;
  readonly rules: WatchRules;
  readonly place: WatchPlace;
  readonly parts: WatchParts;
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly onNews: (news: WatchNews) => void;
}
