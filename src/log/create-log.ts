import { warnOfProcess } from '../config/environment.js';
import { type Log, type LogEntry, type LogLevel, makeLog } from '../core/log.js';
import { formatLogLine } from './format-line.js';

/** What a log keeps, and where its lines go. */
export interface LogOptions {
  /** The least that is kept; `info` unless said otherwise. */
  readonly level?: LogLevel;
  /** Whether statements are logged without the literals in them; true unless said otherwise. */
  readonly hidesValues?: boolean;
  /** Takes each line, a JSON object with its line break. */
  readonly write: (line: string) => void;
  /** Told of what `write` throws, once: no line is written from then on. Without it the process is warned. */
  readonly onFailure?: (error: unknown) => void;
}

/** Makes a log of text lines, for the hooks of a run. A log that cannot be written does not end the run. */
export function createLog({ level = 'info', hidesValues = true, write, onFailure }: LogOptions): Log {
  const secrets = new Set<string>();
  let hasFailed = false;
  const take = (entry: LogEntry): void => {
    if (hasFailed) return;
    try {
      write(formatLogLine(entry, secrets));
    } catch (error) {
      hasFailed = true;
      if (onFailure === undefined) warnOfProcess(`The log ends here, because it cannot be written: ${error}`);
      else onFailure(error);
    }
  };
  return makeLog({ level, hidesValues, take, nowMs: () => Date.now() }, { secrets });
}
