import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { CheckFacts } from '../../core/gate/constraint-facts.js';
import type { Probe } from '../../core/gate/probe.js';
import type { Column } from '../../core/schema.js';
import { finding } from '../findings.js';
import {
  groupByTable,
  judgeBoth,
  lackLevel,
  mapColumns,
  type PairedTable,
  pairedTables,
  subjectOf,
} from './paired.js';
import { lookUp, mendRows, uncheckedLevel } from './probes.js';
import { plainWords, shortWords } from './server-words.js';

/** Whether values that the source refuses by a check are refused on the target. */
export const checkConstraints: Check = {
  id: 'check-constraints',
  group: 'schema',
  claim: 'every check constraint of the source has a partner on the target that is at work',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  probe: ({ facts }) =>
    facts.target.checkConstraints.known
      ? facts.target.checkConstraints.value
          .filter(({ unenforced, isValidated }) => unenforced === null && !isValidated)
          .map(refusedBy)
      : [],
  find: (context) =>
    judgeBoth(context, { name: 'checkConstraints', what: 'the check constraints' }, ({ source, target }) => {
      const checksOf = { source: groupByTable(source), target: groupByTable(target) };
      return pairedTables(context).flatMap((pair) =>
        judgeTable(pair, {
          context,
          source: checksOf.source(pair.source.name),
          target: checksOf.target(pair.target.name),
        }),
      );
    }),
};

interface Checks {
  readonly context: GateContext;
  readonly source: readonly CheckFacts[];
  readonly target: readonly CheckFacts[];
}

function judgeTable(pair: PairedTable, { context, source, target }: Checks): CheckFinding[] {
  const free = new Set(target);
  const found: CheckFinding[] = [];
  const ordered = [...source].sort((a, b) => Number(b.unenforced === null) - Number(a.unenforced === null));
  for (const check of ordered) {
    const partner = findPartner(check, [...free], { pair, context });
    if (partner === null) found.push(missing(check, pair, context));
    else {
      free.delete(partner);
      const said = compare(check, partner, { pair, context });
      if (said !== null) found.push(said);
    }
  }
  const more = [...free].filter((check) => check.unenforced === null);
  return [...found, ...more.map((check) => extra(check, pair, context))];
}

/**
 * Whether the type of the other side's column may say the same: labels of an enumeration, numbers without a sign, truth values.
 */
function mayBeOfType({ columns }: CheckFacts, pair: PairedTable, own: 'source' | 'target'): boolean {
  const [name, ...more] = columns;
  const found = pair.columnPairs.find((each) => each[own].name === name);
  if (found === undefined || more.length > 0) return false;
  return !isNarrow(found[own]) && isNarrow(found[own === 'source' ? 'target' : 'source']);
}

function isNarrow({ type }: Column): boolean {
  if (type.kind === 'int') return type.unsigned || type.truth === true;
  return type.kind === 'enum' || type.kind === 'set' || type.kind === 'boolean';
}

interface Place {
  readonly pair: PairedTable;
  readonly context: GateContext;
}

/** On servers of one kind the same words, else the same name on the same columns; across kinds, one that reads the same columns. */
function findPartner(
  check: CheckFacts,
  others: readonly CheckFacts[],
  { pair, context }: Place,
): CheckFacts | null {
  const columns = mapColumns(pair, check.columns);
  if (columns === null) return null;
  const wanted = JSON.stringify([...columns].sort());
  const candidates = others.filter((other) => JSON.stringify([...other.columns].sort()) === wanted);
  const words = plainWords(check.clause);
  return (
    candidates.find((other) => context.isSameEngine && plainWords(other.clause) === words) ??
    candidates.find(({ name }) => name === check.name) ??
    candidates.find(({ unenforced }) => unenforced === null) ??
    candidates[0] ??
    null
  );
}

function missing(check: CheckFacts, pair: PairedTable, context: GateContext): CheckFinding {
  const subject = subjectOf(context, pair.target.name, check.name);
  if (check.unenforced !== null)
    return finding('note', { subject, evidence: `the target lacks it; on the source ${check.unenforced}` });
  if (mayBeOfType(check, pair, 'source'))
    return finding('note', {
      subject,
      evidence: `${shortWords(check.clause)} on the source; on the target the type of the column says what it holds`,
    });
  return finding(lackLevel(context.phase), {
    subject,
    evidence: `the source holds rows to ${shortWords(check.clause)}; nothing on the target reads ${check.columns.length === 0 ? 'the same' : check.columns.join(', ')}`,
    consequence: 'values that the source refuses are taken',
    advice: 'add the check constraint in the words of the target',
  });
}

function compare(check: CheckFacts, partner: CheckFacts, { context }: Place): CheckFinding | null {
  const subject = subjectOf(context, partner.table, partner.name);
  if (partner.unenforced !== null) {
    if (check.unenforced !== null)
      return finding('note', { subject, evidence: `${partner.unenforced}; so it is on the source` });
    return finding(lackLevel(context.phase), {
      subject,
      evidence: partner.unenforced,
      consequence: 'values that the source refuses are taken',
      advice: 'have the server enforce it',
    });
  }
  if (!partner.isValidated) return unchecked(check, partner, { subject, context });
  if (!context.isSameEngine || plainWords(check.clause) === plainWords(partner.clause)) return null;
  return finding('warning', {
    subject,
    evidence: `${shortWords(check.clause)} on the source, ${shortWords(partner.clause)} on the target`,
    consequence: 'the two may not refuse the same values',
  });
}

function unchecked(
  check: CheckFacts,
  partner: CheckFacts,
  { subject, context }: { readonly subject: string; readonly context: GateContext },
): CheckFinding {
  const { table, name } = partner;
  if (!check.isValidated)
    return finding('note', { subject, evidence: 'it is NOT VALID, as it is on the source' });
  const broken = lookUp(context, refusedBy(partner));
  return finding(uncheckedLevel(broken), {
    subject,
    evidence: `it is NOT VALID: ${broken === null ? 'rows that were there when it was added were not checked' : broken.words}`,
    consequence: broken?.found === 0n ? '' : 'some of them may hold what it refuses',
    fix:
      mendRows(broken) === ''
        ? {
            side: 'target',
            action: { kind: 'validate-constraint', schema: context.schemas.target, table, name },
          }
        : null,
    advice: mendRows(broken),
  });
}

/** What the rows of the target are asked. */
function refusedBy({ table, name }: CheckFacts): Probe {
  return { kind: 'refused', table, name };
}

function extra(check: CheckFacts, pair: PairedTable, context: GateContext): CheckFinding {
  const subject = subjectOf(context, check.table, check.name);
  if (mayBeOfType(check, pair, 'target'))
    return finding('note', {
      subject,
      evidence: `${shortWords(check.clause)} on the target; on the source the type of the column says what it holds`,
    });
  return finding('warning', {
    subject,
    evidence: `the target holds rows to ${shortWords(check.clause)}; nothing on the source reads the same columns`,
    consequence: 'values that the source takes are refused',
  });
}
