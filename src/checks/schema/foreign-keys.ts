import type { Check, CheckFinding, Fix, GateContext } from '../../core/gate/check.js';
import type { ForeignKeyFacts } from '../../core/gate/constraint-facts.js';
import type { Probe } from '../../core/gate/probe.js';
import { finding } from '../findings.js';
import { pairKeys, type WantedKey } from './foreign-key-partners.js';
import { judgeBoth, lackLevel, type PairedTable, pairedTables, subjectOf } from './paired.js';
import { type Broken, lookUp, mendRows, uncheckedLevel } from './probes.js';

/** Whether rows are held to the tables that they refer to. Loads switch that off, and it stays off without a word. */
export const foreignKeys: Check = {
  id: 'foreign-keys',
  group: 'schema',
  claim: 'every foreign key of the source is on the target, at work, and does the same',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  probe: (context) => {
    const { source, target } = context.facts;
    if (!source.foreignKeys.known || !target.foreignKeys.known) return [];
    const facts = { source: source.foreignKeys.value, target: target.foreignKeys.value };
    return pairKeys(context, facts).flatMap(({ pair, wanted }) =>
      wanted
        .filter(({ partner }) => partner === null || partner.unenforced !== null || !partner.isValidated)
        .map(({ want }) => orphansOf(want, pair)),
    );
  },
  find: (context) =>
    judgeBoth(context, { name: 'foreignKeys', what: 'the foreign keys' }, (facts) =>
      pairKeys(context, facts).flatMap(({ pair, wanted, more, unseen }) => [
        ...wanted.flatMap(({ want, partner }) => {
          const broken = lookUp(context, orphansOf(want, pair));
          const about = { context, broken };
          return (partner === null ? missing(want, pair, about) : compare(want, partner, about)) ?? [];
        }),
        ...more.flatMap((key) => additional(key, context) ?? []),
        ...unseen.map((key) => notLookedAt(key, pair, context)),
      ]),
    ),
};

/** What the rows of the target are asked. */
function orphansOf({ columns, schema, table }: WantedKey, pair: PairedTable): Probe {
  return {
    kind: 'orphans',
    table: pair.target.name,
    columns,
    referencedSchema: schema,
    referencedTable: table,
  };
}

interface Seen {
  readonly context: GateContext;
  readonly broken: Broken | null;
}

/** What rows said, as the rest of a line. */
function rowsOf({ broken }: Seen): string {
  return broken === null ? '' : `; ${broken.words}`;
}

function describe({ columns, table }: Pick<WantedKey, 'columns' | 'table'>): string {
  const list = (end: 'own' | 'referenced'): string => columns.map((column) => column[end]).join(', ');
  return `(${list('own')}) refers to ${table} (${list('referenced')})`;
}

const SWITCHED_OFF = { declared: 'it is NOT ENFORCED', triggers: 'its triggers are disabled' };

function missing(want: WantedKey, pair: PairedTable, seen: Seen): CheckFinding {
  const { key } = want;
  const { context } = seen;
  const subject = subjectOf(context, pair.target.name, key.name);
  if (key.unenforced !== null)
    return finding('note', { subject, evidence: 'the target lacks it, and it is not at work on the source' });
  return finding(lackLevel(context.phase), {
    subject,
    evidence: `${describe(want)} on the source; there is no such foreign key on the target${rowsOf(seen)}`,
    consequence: 'rows without a parent are taken, and parents with rows are deleted',
    fix: mendRows(seen.broken) === '' ? addKey(want, pair, context) : null,
    advice: mendRows(seen.broken),
  });
}

function addKey({ key, columns, schema, table }: WantedKey, pair: PairedTable, context: GateContext): Fix {
  const referenced = pairedTables(context).find(({ target }) => target.name === table);
  return {
    side: 'target',
    action: {
      kind: 'add-foreign-key',
      schema: context.schemas.target,
      table: pair.target.name,
      name: key.name,
      columns,
      referencedSchema: schema,
      referencedTable: table,
      onDelete: key.onDelete,
      onUpdate: key.onUpdate,
      isPartitioned: [pair, referenced].some((each) => each?.target.kind === 'partitioned'),
    },
  };
}

function compare(want: WantedKey, found: ForeignKeyFacts, seen: Seen): CheckFinding | null {
  const subject = subjectOf(seen.context, found.table, found.name);
  return (
    switchedOff(want.key, found, { subject, ...seen }) ??
    unchecked(want.key, found, { subject, ...seen }) ??
    otherRule(want.key, found, { subject, ...seen })
  );
}

interface About extends Seen {
  readonly subject: string;
}

function switchedOff(
  source: ForeignKeyFacts,
  { unenforced, table }: ForeignKeyFacts,
  { subject, ...seen }: About,
): CheckFinding | null {
  if (unenforced === null) return null;
  const { context } = seen;
  const evidence = `${SWITCHED_OFF[unenforced]}${rowsOf(seen)}`;
  if (source.unenforced !== null)
    return finding('note', { subject, evidence: `${evidence}; it is not at work on the source either` });
  return finding(lackLevel(context.phase), {
    subject,
    evidence,
    consequence: 'rows without a parent are taken, and parents with rows are deleted',
    fix:
      unenforced === 'triggers'
        ? {
            side: 'target',
            action: { kind: 'enable-constraint-triggers', schema: context.schemas.target, table },
          }
        : null,
    advice: unenforced === 'triggers' ? '' : 'drop it and add it again without NOT ENFORCED',
  });
}

function unchecked(
  source: ForeignKeyFacts,
  { isValidated, table, name }: ForeignKeyFacts,
  { subject, context, broken }: About,
): CheckFinding | null {
  if (isValidated) return null;
  if (!source.isValidated)
    return finding('note', {
      subject,
      evidence: `it is NOT VALID, as it is on the source${rowsOf({ context, broken })}`,
    });
  return finding(uncheckedLevel(broken), {
    subject,
    evidence: `it is NOT VALID: ${broken === null ? 'rows that were there when it was added were not checked' : broken.words}`,
    consequence: broken?.found === 0n ? '' : 'some of them may have no parent',
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

const DOES = {
  refuse: 'refuses it',
  cascade: 'takes the rows along',
  'set-null': 'sets them to NULL',
  'set-default': 'sets them to their default',
};

function otherRule(
  source: ForeignKeyFacts,
  target: ForeignKeyFacts,
  { subject, context }: About,
): CheckFinding | null {
  const differs = source.onDelete !== target.onDelete;
  if (!differs && source.onUpdate === target.onUpdate) return null;
  const rule = differs ? 'onDelete' : 'onUpdate';
  const what = differs ? 'when a parent is deleted' : 'when the key of a parent changes';
  return finding(differs ? lackLevel(context.phase) : 'warning', {
    subject,
    evidence: `${what}, the source ${DOES[source[rule]]}, the target ${DOES[target[rule]]}`,
    consequence: 'what the application relies on comes out otherwise',
    advice: 'drop the foreign key and add it again with the rule of the source',
  });
}

/** The check of tables speaks of what is missing; what was left out on purpose has a partner that nobody looked for. */
function notLookedAt(key: ForeignKeyFacts, pair: PairedTable, context: GateContext): CheckFinding {
  return finding('note', {
    subject: subjectOf(context, pair.target.name, key.name),
    evidence: `it refers to ${key.referencedTable}, which is not looked at on both sides, and was not compared`,
  });
}

function additional(key: ForeignKeyFacts, context: GateContext): CheckFinding | null {
  if (key.unenforced !== null) return null;
  return finding('warning', {
    subject: subjectOf(context, key.table, key.name),
    evidence: `${describe({ columns: key.columns, table: key.referencedTable })} on the target; there is no such foreign key on the source`,
    consequence: 'writes that the source takes are refused',
  });
}
