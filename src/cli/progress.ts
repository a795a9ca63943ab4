import type { RunEvent } from '../core/event.js';
import { cutText } from '../report/wrap-text.js';
import { visibleLine } from '../words/visible-text.js';
import type { OutputStream } from './cli-io.js';
import { formatProgress } from './progress-line.js';
import { applyEvent, createProgressState, sampleRows } from './progress-state.js';

export interface Progress {
  readonly onEvent: (event: RunEvent) => void;
  /** Draws anew if it is time to; to be called now and then, so that a stall shows too. */
  tick(): void;
  /** Shows what is done instead of reading rows; nothing where the text is empty. */
  show(text: string): void;
  /** Prints a line that stays. */
  say(text: string): void;
  /** Takes the line of progress off the screen for good. */
  stop(): void;
}

interface ProgressTarget {
  readonly stream: OutputStream;
  /** Whether the last line may be drawn again and again; elsewhere each line of progress stays. */
  readonly live: boolean;
  readonly now: () => number;
}

const LIVE_EVERY_MS = 100;
const LOG_EVERY_MS = 5000;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\u001b[K';

/** Shows on stderr how far a run is: one line drawn again in a terminal, a plain line every five seconds in a log. */
export function createProgress({ stream, live, now }: ProgressTarget): Progress {
  const state = createProgressState();
  const line = live ? openLiveLine(stream) : openLog(stream);
  let lastDrawnMs = now();
  let stopped = false;
  let instead: string | null = null;

  function tick(): void {
    if (stopped) return;
    if (instead === '') return;
    sampleRows(state, now());
    if (now() - lastDrawnMs < line.everyMs) return;
    lastDrawnMs = now();
    line.draw(instead ?? formatProgress(state, now(), line.width()));
  }
  function say(text: string): void {
    line.clear();
    stream.write(`${visibleLine(text)}\n`);
  }
  return {
    onEvent: (event) => {
      if (stopped) return;
      const news = applyEvent(state, event, now());
      if (news !== null) say(news);
      tick();
    },
    tick,
    show: (text) => {
      instead = text;
      if (text === '') line.clear();
      else tick();
    },
    say,
    stop: () => {
      line.clear();
      stopped = true;
    },
  };
}

interface Line {
  readonly everyMs: number;
  /** The columns that a line may take. */
  width(): number;
  draw(text: string): void;
  clear(): void;
}

function openLiveLine(stream: OutputStream): Line {
  let drawn = false;
  const width = () => Math.max(1, (stream.columns ?? DEFAULT_COLUMNS) - 1);
  return {
    everyMs: LIVE_EVERY_MS,
    width,
    draw: (text) => {
      stream.write(`${CLEAR_LINE}${cutText(text, width())[0] ?? ''}`);
      drawn = true;
    },
    clear: () => {
      if (drawn) stream.write(CLEAR_LINE);
      drawn = false;
    },
  };
}

function openLog(stream: OutputStream): Line {
  return {
    everyMs: LOG_EVERY_MS,
    width: () => Number.POSITIVE_INFINITY,
    draw: (text) => void stream.write(`${text}\n`),
    clear: () => {},
  };
}

/** Says nothing about how far a run is, only what must be said. */
export function createSilence(stream: OutputStream): Progress {
  const nothing = () => {};
  return {
    onEvent: nothing,
    tick: nothing,
    show: nothing,
    say: (text) => void stream.write(`${visibleLine(text)}\n`),
    stop: nothing,
  };
}
