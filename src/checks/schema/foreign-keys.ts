import type { Check, CheckFinding, Fix, GateContext } from '../../core/gate/check.js';
import type { ForeignKeyFacts } from '../../core/gate/constraint-facts.js';
import { finding } from '../findings.js';
import { groupByTable, judgeBoth, lackLevel, type PairedTable, pairedTables, subjectOf } from './paired.js';

/** Whether rows are held to the tables that they refer to. Loads switch that off, and it stays off without a word. */
export const foreignKeys: Check = {
  id: 'foreign-keys',
  group: 'schema',
  claim: 'every foreign key of the source is on the target, at work, and does the same',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'foreignKeys', what: 'the foreign keys' }, ({ source, target }) => {
      const keysOf = { source: groupByTable(source), target: groupByTable(target) };
      return pairedTables(context).flatMap((pair) =>
        judgeTable(pair, {
          context,
          source: keysOf.source(pair.source.name),
          target: keysOf.target(pair.target.name),
        }),
      );
    }),
};

interface Keys {
  readonly context: GateContext;
  readonly source: readonly ForeignKeyFacts[];
  readonly target: readonly ForeignKeyFacts[];
}

/** A foreign key of the source with the names of the target. */
export interface WantedKey {
  readonly key: ForeignKeyFacts;
  readonly columns: ForeignKeyFacts['columns'];
  readonly schema: string;
  readonly table: string;
}

function judgeTable(pair: PairedTable, { context, source, target }: Keys): CheckFinding[] {
  const wanted = source.flatMap((key) => mapKey(key, pair, context) ?? []);
  const found = wanted.flatMap((want) => {
    const partners = target.filter((key) => isSame(key, want));
    const partner =
      partners.find(({ unenforced, isValidated }) => unenforced === null && isValidated) ?? partners[0];
    return (partner === undefined ? missing(want, pair, context) : compare(want, partner, context)) ?? [];
  });
  // A foreign key to what the gate does not look at has a partner that it cannot find.
  const isWhole = wanted.length === source.length;
  const extra = isWhole ? target.filter((key) => !wanted.some((want) => isSame(key, want))) : [];
  return [...found, ...extra.flatMap((key) => more(key, context) ?? [])];
}

/** The foreign key as it should be on the target; null where that has no partner of the table, or of a column. */
export function mapKey(key: ForeignKeyFacts, pair: PairedTable, context: GateContext): WantedKey | null {
  if (key.referencedSchema !== context.schemas.source)
    return { key, columns: mapOwn(key, pair), schema: key.referencedSchema, table: key.referencedTable };
  const referenced = pairedTables(context).find(({ source }) => source.name === key.referencedTable);
  if (referenced === undefined) return null;
  const columns = key.columns.flatMap(({ own, referenced: other }) => {
    const [mine, theirs] = [pair.columns.get(own), referenced.columns.get(other)];
    return mine === undefined || theirs === undefined ? [] : [{ own: mine, referenced: theirs }];
  });
  if (columns.length < key.columns.length) return null;
  return { key, columns, schema: context.schemas.target, table: referenced.target.name };
}

function mapOwn({ columns }: ForeignKeyFacts, pair: PairedTable): ForeignKeyFacts['columns'] {
  return columns.map(({ own, referenced }) => ({ own: pair.columns.get(own) ?? own, referenced }));
}

function isSame(key: ForeignKeyFacts, want: WantedKey): boolean {
  const spell = ({ columns }: Pick<ForeignKeyFacts, 'columns'>): string =>
    JSON.stringify(columns.map(({ own, referenced }) => [own, referenced]).sort());
  return (
    key.referencedTable === want.table && key.referencedSchema === want.schema && spell(key) === spell(want)
  );
}

function describe({ columns, table }: Pick<WantedKey, 'columns' | 'table'>): string {
  const list = (end: 'own' | 'referenced'): string => columns.map((column) => column[end]).join(', ');
  return `(${list('own')}) refers to ${table} (${list('referenced')})`;
}

const SWITCHED_OFF = { declared: 'it is NOT ENFORCED', triggers: 'its triggers are disabled' };

function missing(want: WantedKey, pair: PairedTable, context: GateContext): CheckFinding {
  const { key } = want;
  const subject = subjectOf(context, pair.target.name, key.name);
  if (key.unenforced !== null)
    return finding('note', { subject, evidence: 'the target lacks it, and it is not at work on the source' });
  return finding(lackLevel(context.phase), {
    subject,
    evidence: `${describe(want)} on the source; there is no such foreign key on the target`,
    consequence: 'rows without a parent are taken, and parents with rows are deleted',
    fix: addKey(want, pair, context),
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

function compare(want: WantedKey, found: ForeignKeyFacts, context: GateContext): CheckFinding | null {
  const subject = subjectOf(context, found.table, found.name);
  return (
    switchedOff(want.key, found, { subject, context }) ??
    unchecked(want.key, found, { subject, context }) ??
    otherRule(want.key, found, { subject, context })
  );
}

interface About {
  readonly subject: string;
  readonly context: GateContext;
}

function switchedOff(
  source: ForeignKeyFacts,
  { unenforced, table }: ForeignKeyFacts,
  { subject, context }: About,
): CheckFinding | null {
  if (unenforced === null) return null;
  const evidence = SWITCHED_OFF[unenforced];
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
  { subject, context }: About,
): CheckFinding | null {
  if (isValidated) return null;
  if (!source.isValidated)
    return finding('note', { subject, evidence: 'it is NOT VALID, as it is on the source' });
  return finding('warning', {
    subject,
    evidence: 'it is NOT VALID: rows that were there when it was added were not checked',
    consequence: 'some of them may have no parent',
    fix: {
      side: 'target',
      action: { kind: 'validate-constraint', schema: context.schemas.target, table, name },
    },
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

function more(key: ForeignKeyFacts, context: GateContext): CheckFinding | null {
  if (key.unenforced !== null) return null;
  return finding('warning', {
    subject: subjectOf(context, key.table, key.name),
    evidence: `${describe({ columns: key.columns, table: key.referencedTable })} on the target; there is no such foreign key on the source`,
    consequence: 'writes that the source takes are refused',
  });
}
