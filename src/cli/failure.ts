import { findPasswords, redactPasswords } from '../config/redact-passwords.js';
import { type ErrorCode, RowproofError } from '../core/errors.js';
import { EXIT_CODES } from '../core/verdict.js';
import { guardText, visibleMessage } from '../words/visible-text.js';

export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

const EXIT_CODE_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: EXIT_CODES.usage,
  'nothing-to-compare': EXIT_CODES.usage,
  interrupted: EXIT_CODES.interrupted,
};

/**
 * Finds words and an exit code for whatever was thrown. Only a fault of our own shows a stack, and never ends with an
 * exit code that means something about the data.
 */
export function describeFailure(error: unknown, argv: readonly string[] = []): Failure {
  const text = (lines: readonly string[]) =>
    `${hidePasswords(guardText(visibleMessage(lines.join('\n'))), argv)}\n`;
  if (error instanceof RowproofError) {
    const hint = error.hint === '' ? [] : error.hint.split('\n').map((line) => `  ${line}`);
    const exitCode = EXIT_CODE_OF[error.code] ?? EXIT_CODES.failed;
    // No line of what a server says begins where one of ours would.
    const message = error.message.split('\n').join('\n  ');
    return { text: text([`rowproof: ${message}`, ...hint]), exitCode };
  }
  const stack = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  const plea = 'rowproof: This is a bug in Rowproof. Please report it with the text above.';
  return { text: text([stack, plea]), exitCode: EXIT_CODES.failed };
}

/** Takes the passwords of the command line, and those of any URL, out of a text that goes to a terminal or a log. */
export function hidePasswords(text: string, argv: readonly string[]): string {
  let hidden = text;
  for (const password of findPasswords(argv)) {
    hidden = hidden.replaceAll(`:${password}@`, ':***@').replaceAll(`:${visibleMessage(password)}@`, ':***@');
  }
  return redactPasswords(hidden);
}
