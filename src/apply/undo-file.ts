import { existsSync } from 'node:fs';
import { RowproofError } from '../core/errors.js';
import { onceWithoutKey, plainJson } from '../repair/repair-header.js';
import { visibleName } from '../words/visible-text.js';
import { REPAIR_FORMAT } from './repair-header.js';
import type { FileSurvey } from './survey-file.js';
import { findWriter, finishJournal, journalPathOf, OPENING, type UndoFrame } from './undo-journal.js';
import type { AppliedTable } from './undo-statement.js';

const MOST_RUNS = 10_000;

/** Undo files of earlier runs that ended before they could be put in order, and the path of the next one. */
export interface UndoPlace {
  readonly path: string;
  readonly finished: readonly string[];
}

/**
 * Chooses where the undo of a run goes: `fix.undo-1.sql` beside `fix.sql`, the next number where there is one already, so
 * that the undo of an earlier run is never written over. Journals that a killed run left are put in order first.
 */
export async function chooseUndoPath(path: string, wished: string | null): Promise<UndoPlace> {
  const finished: string[] = [];
  if (wished !== null) {
    if (await finishLeftover(wished)) finished.push(wished);
    if (existsSync(wished)) throw alreadyThere(wished);
    return { path: wished, finished };
  }
  const stem = path.replace(/\.sql$/i, '');
  for (let number = 1; number < MOST_RUNS; number++) {
    const candidate = `${stem}.undo-${number}.sql`;
    if (await finishLeftover(candidate)) finished.push(candidate);
    if (!existsSync(candidate)) return { path: candidate, finished };
  }
  throw alreadyThere(`${stem}.undo-${MOST_RUNS}.sql`);
}

async function finishLeftover(undoPath: string): Promise<boolean> {
  if (!existsSync(journalPathOf(undoPath))) return false;
  const writer = await findWriter(undoPath);
  if (writer === null) return await finishJournal(undoPath);
  throw new RowproofError({
    code: 'usage',
    message: `The file is being applied already, by process ${writer}, which writes ${journalPathOf(undoPath)}.`,
    hint: 'Wait until it has ended.',
  });
}

function alreadyThere(path: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Cannot write the undo file ${path}: there is such a file already.`,
    hint: 'Name another with --undo.',
  });
}

interface FrameFacts {
  readonly survey: FileSurvey;
  readonly tables: ReadonlyMap<number, AppliedTable>;
  readonly target: { readonly engine: string; readonly url: string };
  readonly undoPath: string;
  readonly startedAt: string;
  /** Settings in which values read as they were written. */
  readonly settings: readonly string[];
}

/** The head of an undo file, in the format of repair files, and what stands around its transactions. */
export function buildUndoFrame({
  survey,
  tables,
  target,
  undoPath,
  startedAt,
  settings,
}: FrameFacts): UndoFrame {
  const [first] = [...tables.values()];
  if (first === undefined) throw new RangeError('An undo file needs a table');
  const { dialect } = first.catalog;
  const { header } = survey;
  const about = {
    direction: 'undo',
    engine: target.engine,
    schema: header.schema,
    url: target.url,
    seed: '0',
    startedAt,
  };
  const lines = [
    `format: ${REPAIR_FORMAT} ${plainJson(about)}`,
    ...[...tables].map(
      ([
        number,
        {
          table: { schema, name },
          key,
          images,
        },
      ]) => {
        const columns = images.filter(({ generated }) => !generated).map((image) => image.name);
        return `table ${number}: ${plainJson({ schema, name, key, columns })}`;
      },
    ),
    `Apply it with:  rowproof apply ${undoPath} --target URL`,
    `or with:        ${dialect.applyCommand.replace('FILE', () => undoPath)}`,
    'A row that was changed since is left alone.',
    ...[...tables.values()].flatMap(({ table, key }) =>
      key.length > 0 ? [] : [`WARNING: ${onceWithoutKey(table.name)}`],
    ),
    ...[...tables.values()].flatMap((table) => [...warnOfReactions(table)]),
  ];
  const session = [...dialect.sessionStatements, ...settings];
  const opening = `${OPENING}${visibleName(survey.path)}, from what each statement really did.`;
  const head = [opening, ...lines.map((line) => `-- ${visibleName(line)}`), '', ...session].join('\n');
  return { head: `${head}\n`, begin: dialect.begin, commit: dialect.commit };
}

function* warnOfReactions({ table: { name }, facts }: AppliedTable): Generator<string> {
  const { triggers = [], harmful = {} } = facts ?? {};
  if (triggers.length > 0)
    yield `WARNING: Triggers of ${name} may fire while this is applied: ${triggers.join(', ')}.`;
  for (const reason of new Set(Object.values(harmful)))
    yield `WARNING: Of ${name}, ${reason}: rowproof apply leaves such rows alone, a client of the database does not.`;
}
