import type { Annotation } from '../report/github/workflow-command.js';

/** A stream as the program sees it; `columns` is known only of a terminal. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Everything of the process that the command line touches, handed in so that a test needs no process. */
export interface CliIo {
  /** Carries the result and nothing else. */
  readonly stdout: OutputStream;
  /** Carries progress, warnings and errors. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Calls the listener at every request to stop; returns what takes the listener away. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Ends the process at once; used when somebody asks to stop a second time. */
  readonly exit: (code: number) => void;
  /** Asks somebody at the terminal a question that yes or no answers; absent where nobody is there. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** The process behind the gate through which all text leaves. */
export interface GuardedIo extends CliIo {
  /** Tells GitHub of a remark. What a build server obeys leaves by this way only. */
  readonly annotate: (annotation: Annotation) => void;
}
