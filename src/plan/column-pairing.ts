import { type ColumnRule, chooseColumnRule } from '../core/column-rule.js';
import type { Finding } from '../core/finding.js';
import { type ColumnPair, qualifiedName } from '../core/pairing.js';
import type { ColumnResult } from '../core/result.js';
import type { Column, Table } from '../core/schema.js';
import { ambiguousFinding, matchAllNames, type NamePair } from './pair-names.js';
import type { ComparisonScope } from './selection.js';

/** Why a column was not compared although it could be. */
export const LEFT_OUT = 'left out as asked';

export interface ColumnPairing {
  /** Every pair that can be compared, whether the user wants it or not: a key may need it. */
  readonly comparable: readonly ColumnPair[];
  /** The pairs that the user wants compared. */
  readonly wanted: readonly ColumnPair[];
  readonly results: readonly ColumnResult[];
  readonly findings: readonly Finding[];
}

/** Pairs the columns of two tables by name and chooses the canonical type of each pair. */
export function pairColumns(source: Table, target: Table, scope: ComparisonScope): ColumnPairing {
  const match = matchAllNames({
    source: source.columns.map((column) => column.name),
    target: target.columns.map((column) => column.name),
    mapping: scope.columnMapping(source.name),
    matchNames: scope.matchNames,
  });
  const findings: Finding[] = match.ambiguous.map(({ source: name, candidates }) =>
    ambiguousFinding({ what: 'column', table: qualifiedName(source), name, candidates }),
  );
  const isWanted = wantedTest(source.name, scope);
  for (const name of match.sourceOnly.filter(isWanted)) findings.push(missingColumn(name, source));
  for (const name of match.targetOnly) findings.push(extraColumn(name, target));
  const comparable: ColumnPair[] = [];
  const results: ColumnResult[] = [];
  for (const name of match.pairs) {
    const pair = { source: columnOf(source, name.source), target: columnOf(target, name.target) };
    const choice = chooseColumnRule(pair.source, pair.target, scope.columnRequest(source.name, name.source));
    if (choice.kind === 'comparable') {
      comparable.push({ ...alikeTyped(pair), canonical: choice.canonical, rule: choice.rule });
    }
    if (!isWanted(name.source)) {
      results.push({ ...name, compared: false, reason: LEFT_OUT });
    } else if (choice.kind === 'comparable') results.push(comparedResult(name, choice.rule));
    else {
      results.push({ ...name, compared: false, reason: choice.reason });
      findings.push({
        code: 'column-unverified',
        about: { table: qualifiedName(source), columns: [name.source], detail: choice.reason },
        message: `Column ${name.source} was not compared: ${choice.reason}.`,
        hint: `${choice.hint === '' ? 'Leave' : `${choice.hint}, or leave`} it out with --ignore-columns ${source.name}.${name.source}${choice.hint === '' ? ', or compare it by other means' : ''}.`,
      });
    }
  }
  return { comparable, wanted: comparable.filter((pair) => isWanted(pair.source.name)), results, findings };
}

/** What one side only can tell of its documents is left out on both: the text is what they have in common. */
function alikeTyped(pair: Pick<ColumnPair, 'source' | 'target'>): Pick<ColumnPair, 'source' | 'target'> {
  const isTyped = ({ type }: Column): boolean => type.kind === 'json' && type.typed === true;
  if (isTyped(pair.source) === isTyped(pair.target)) return pair;
  const plain = (column: Column): Column =>
    isTyped(column) ? { ...column, type: { kind: 'json' } } : column;
  return { source: plain(pair.source), target: plain(pair.target) };
}

function comparedResult(name: NamePair, rule: ColumnRule): ColumnResult {
  const compared = { ...name, compared: true };
  if (rule.kind === 'plain') return compared;
  const { relaxed, assumed } = rule;
  return {
    ...compared,
    ...(relaxed.length > 0 && { relaxed }),
    ...(assumed.length > 0 && { assumed }),
  };
}

/** Whether the user wants a column of a table compared. */
export function wantedTest(table: string, scope: ComparisonScope): (column: string) => boolean {
  const includes = scope.includesColumn(table);
  const ignores = scope.ignoresColumn(table);
  return (column) => (includes === null || includes(column)) && !ignores(column);
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new RangeError(`No column ${name} in ${table.name}`);
  return column;
}

function missingColumn(name: string, table: Table): Finding {
  return {
    code: 'missing-column',
    about: { table: qualifiedName(table), side: 'source', columns: [name] },
    message: `Column ${name} of the source does not exist on the target.`,
    hint: `If that is intended, leave it out with --ignore-columns ${table.name}.${name}.`,
  };
}

function extraColumn(name: string, table: Table): Finding {
  return {
    code: 'extra-column',
    about: { table: qualifiedName(table), side: 'target', columns: [name] },
    message: `Column ${name} exists on the target only.`,
    hint: '',
  };
}
