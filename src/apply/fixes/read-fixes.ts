import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { z } from 'zod';
import { RowproofError } from '../../core/errors.js';
import type { FixAction, FixStatement } from '../../core/gate/fix.js';

const FORMAT = /^-- format: rowproof\/fixes@1 (\{.*\})$/m;
const FIX = /^-- fix: (\{.*\})$/;
const END = '-- End of the file';
/** The header stands within the first of them. */
const HEAD_BYTES = 65_536;

const HEADER = z.looseObject({
  side: z.enum(['source', 'target']),
  engine: z.string().min(1),
  schema: z.string().min(1),
  url: z.string(),
  server: z.string().min(1),
  started: z.string().nullable(),
  asOf: z.string(),
});

/** What a file of fixes says of itself. */
export type FixesHeader = z.infer<typeof HEADER>;

/** A statement that is to be run, and the line where it stands. */
export interface WantedFix {
  readonly line: number;
  readonly statement: string;
}

/** What a file of fixes holds. */
export interface ReadFixes {
  readonly wanted: readonly WantedFix[];
  /** How many fixes are commented out. */
  readonly commented: number;
}

/** Whether a file is one of fixes, by its head; a file that cannot be read is none. */
export function isFixesFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const head = Buffer.alloc(HEAD_BYTES);
    return FORMAT.test(head.toString('utf8', 0, readSync(file, head)));
  } catch {
    // Whoever reads the file as a repair says why it cannot be read.
    return false;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** What a file of fixes says of itself; throws a `usage` error where it says nothing that this version reads. */
export function readFixesHeader(text: string, path: string): FixesHeader {
  const header = HEADER.safeParse(parseJson(FORMAT.exec(text)?.[1])).data;
  if (header === undefined) throw refusal(path, 1, 'is of no file of fixes that this version reads');
  return header;
}

/**
 * Reads a file of fixes. Each statement must be what the engine writes for the action above it: a line that says anything else
 * is refused with its number, and nothing of the file is run.
 */
export function readFixes(
  text: string,
  { path, write }: { readonly path: string; readonly write: (action: FixAction) => FixStatement | null },
): ReadFixes {
  const lines = text.split('\n');
  const wanted: WantedFix[] = [];
  let commented = 0;
  let isHead = true;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const action = readAction(line);
    if (line === '') isHead = false;
    if (action !== null) {
      const statements = statementsOf(action, write, () =>
        refusal(path, at + 1, 'holds no action of this version'),
      );
      const fault = (): RowproofError => refusal(path, at + 2, 'is not what its action says');
      const run = readStatements(lines.slice(at + 1, at + 1 + statements.length), statements, fault);
      if (run) wanted.push(...statements.map((statement, i) => ({ line: at + 2 + i, statement })));
      else commented++;
      at += run ? statements.length : 0;
      continue;
    }
    // The lines of the head guard against the client's use on another server; here the server is asked who it is.
    if (!isHead && line !== '' && !line.startsWith('--'))
      throw refusal(path, at + 1, 'is not one that Rowproof writes');
  }
  if (!text.trimEnd().endsWith(END))
    throw refusal(path, lines.length, 'is not the end of the file: it was cut off');
  return { wanted, commented };
}

/** Whether the statements of an action are to be run; they stand there as they are, or commented out. */
function readStatements(
  found: readonly string[],
  statements: readonly string[],
  fault: () => RowproofError,
): boolean {
  if (found.every((line) => line.startsWith('--'))) return false;
  if (statements.length === 0 || found.some((line, at) => line !== `${statements[at]};`)) throw fault();
  return true;
}

function statementsOf(
  action: FixAction,
  write: (action: FixAction) => FixStatement | null,
  fault: () => RowproofError,
): readonly string[] {
  try {
    return write(action)?.statements ?? [];
  } catch {
    // Whatever is wrong with what somebody wrote there, it is no action.
    throw fault();
  }
}

/** Numbers of 64 bits stand there as text; a text that is none would stand in a statement as it is. */
function readAction(line: string): FixAction | null {
  const parsed = parseJson(FIX.exec(line)?.[1]);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { next, ...fields } = parsed as Record<string, unknown>;
  if (next === undefined) return fields as unknown as FixAction;
  if (typeof next !== 'string' || !/^-?\d{1,20}$/.test(next)) return null;
  // What is no action of this engine has no writer, or writes another statement than the one below it.
  return { ...fields, next: BigInt(next) } as unknown as FixAction;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    // What cannot be read is refused as none of ours.
    return null;
  }
}

function refusal(path: string, line: number, fault: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Line ${line} of ${path} ${fault}.`,
    hint: 'Have it written again, with --fixes DIR. Nothing was applied.',
  });
}
