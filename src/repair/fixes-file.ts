import type { GateFinding, GateResult, WrittenFix } from '../core/gate/gate-result.js';
import type { Side } from '../core/pairing.js';
import { visibleLine } from '../words/visible-text.js';
import { plainJson } from './repair-header.js';

export const FIXES_FORMAT = 'rowproof/fixes@1';
/** A line that ends here is the end of another one for a client, which would run it. */
const CONTROL = /[\p{C}\p{Zl}\p{Zp}]/u;

/** What a file of fixes is for, and what its server must be. */
export interface FixesRequest {
  readonly result: GateResult;
  readonly side: Side;
  readonly path: string;
  /** Statements that fail on any other server. */
  readonly guard: readonly string[];
  /** A line by which the engine's own client ends at the first error; null where it does so anyhow. */
  readonly stopLine: string | null;
  /** The schema of the side, and who its server is. */
  readonly schema: string;
  readonly server: string;
  /** Since when it runs; null where it does not say. */
  readonly started: string | null;
}

/** The text of a file of fixes, and the line at which the statement of each finding stands. */
export interface FixesFile {
  readonly text: string;
  readonly lines: ReadonlyMap<GateFinding, number>;
  /** How many statements are to be run, and how many are commented out. */
  readonly safe: number;
  readonly commented: number;
}

/**
 * Writes what mends the findings of a side. What only adds or raises something is to be run; everything that drops, revokes,
 * ends or locks is commented out, with what it locks and what takes it back. Where there is nothing to mend the file says that, in
 * the place of an earlier one.
 */
export function writeFixesFile(request: FixesRequest): FixesFile {
  const { result, side, guard } = request;
  const found = result.checks.flatMap(({ id, findings }) =>
    findings.flatMap((finding) => {
      const { fix, accepted, level } = finding;
      const isWanted = fix?.side === side && accepted === null && level !== 'not-applicable';
      return isWanted ? [{ id, finding, fix }] : [];
    }),
  );
  const text = new NumberedLines(formatHeader(request));
  if (found.length === 0) text.add('', '-- There is nothing to mend here.');
  const lines = new Map<GateFinding, number>();
  let safe = 0;
  for (const { id, finding, fix } of found) {
    const isRun = fix.isSafe && areLines([...guard, ...fix.statements]);
    safe += isRun ? 1 : 0;
    text.add('', `-- ${visibleLine(`${id} ${finding.subject}: ${finding.evidence}`)}`, ...describeCost(fix));
    lines.set(finding, text.next + 1);
    text.add(`-- fix: ${plainJson(plainAction(fix))}`, ...statementsOf(fix, isRun));
  }
  text.add('', '-- End of the file');
  return { text: `${text}`, lines, safe, commented: found.length - safe };
}

class NumberedLines {
  readonly #lines: string[];

  constructor(lines: readonly string[]) {
    this.#lines = [...lines];
  }

  /** The number of the line that comes next. */
  get next(): number {
    return this.#lines.length + 1;
  }

  add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function formatHeader({
  result,
  side,
  path,
  guard,
  stopLine,
  schema,
  server,
  started,
}: FixesRequest): string[] {
  const { url, engine } = result[side];
  const { asOf } = result;
  const head = [
    `Fixes for the ${side}, as of ${asOf}, written by rowproof ${result.rowproof}.`,
    `For ${url} alone: on another server the first statement fails, and the rest is not run.`,
    `Apply it with:  rowproof apply ${path} --target URL   (the URL of the ${side}), or with the client of the server.`,
    'What only adds or raises something is to be run. The rest is commented out: read what it does first.',
  ];
  return [
    ...head.map((line) => `-- ${visibleLine(line)}`),
    `-- format: ${FIXES_FORMAT} ${plainJson({ side, engine, schema, url, server, started, asOf })}`,
    ...(stopLine === null ? [] : [stopLine]),
    ...(areLines(guard)
      ? guard.map((statement) => `${statement};`)
      : [
          '-- The name of the database holds characters that no line of this file may hold: all is commented out.',
        ]),
  ];
}

function describeCost({ isSafe, lock, reversal }: WrittenFix): string[] {
  if (isSafe) return [];
  return [
    ...(lock === '' ? [] : [`-- It locks: ${visibleLine(lock)}`]),
    ...(reversal === '' ? [] : [`-- It is taken back by: ${visibleLine(reversal)}`]),
  ];
}

/** `rowproof apply` writes the statement from this again, and runs no line that says anything else. */
function plainAction({ action }: WrittenFix): object {
  return Object.fromEntries(
    Object.entries(action).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  );
}

/** A name that holds a line break would end a comment, and make a statement of what stands behind it. */
function areLines(statements: readonly string[]): boolean {
  return statements.every((statement) => !CONTROL.test(statement));
}

function statementsOf({ statements }: WrittenFix, isRun: boolean): string[] {
  if (!areLines(statements))
    return [
      '-- A name in its statement holds characters that no line of this file may hold: write it by hand.',
    ];
  return statements.map((statement) => `${isRun ? '' : '-- '}${statement};`);
}
