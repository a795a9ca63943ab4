import type { Column } from '../../core/schema.js';
import { isMadeOfOpaque, partsOf } from '../../core/structured-type.js';
import { AS_TEXT } from './column-types.js';

/**
 * How the value of a column goes into the bytes that are hashed.
 *
 * - `own`: as itself. The number of its type goes along, which is the same in every database.
 * - `sent`: as the bytes in which the server would send it, without the number of its type, which is another one in every
 *   database for an enum or the type of an extension.
 * - `elements`: the same of an array, without the number of the type of its elements.
 * - `text`: as the text that a read selects.
 */
export type HashedForm = 'own' | 'sent' | 'elements' | 'text';

interface Decision {
  /** Wire names, or kinds of types where those have wire names of their own. */
  readonly types: readonly string[];
  readonly form: HashedForm;
}

/** Types of the engine that arrive as one form for one value, or are compared by value from what arrives. */
const BY_WIRE: readonly Decision[] = [
  { types: ['bool', 'int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money'], form: 'own' },
  { types: ['text', 'varchar', 'bpchar', 'name', 'char', 'xml', 'refcursor', 'bytea'], form: 'own' },
  { types: ['bit', 'varbit', 'uuid', 'macaddr', 'macaddr8', 'inet', 'cidr'], form: 'own' },
  { types: ['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'], form: 'own' },
  { types: ['json', 'jsonb', 'jsonpath', 'pg_lsn', 'xid8', 'tid'], form: 'own' },
  { types: ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'], form: 'own' },
  // `xid` and `cid` arrive as an `oid`, and cannot be cast to one.
  { types: ['oid'], form: 'sent' },
  { types: ['citext', 'ltree'], form: 'sent' },
];
const FORMS = new Map(BY_WIRE.flatMap(({ types, form }) => types.map((wire) => [wire, form] as const)));

/** Chooses the form of a column; null for one that must not be hashed. */
export function hashedForm(column: Column): HashedForm | null {
  const { type, wire } = column;
  switch (type.kind) {
    case 'unsupported':
      return null;
    case 'enum':
      return 'sent';
    case 'exact':
      return wire === AS_TEXT ? 'text' : (FORMS.get(wire) ?? null);
    case 'opaque':
      return wire === AS_TEXT ? null : 'sent';
    case 'array':
      return isSteady(type.element) ? 'elements' : null;
    case 'range':
    case 'multirange':
    case 'composite':
      return isSteady(column) ? 'sent' : null;
    default:
      return FORMS.get(wire) ?? null;
  }
}

/** Whether the bytes of a value hold no number of a type that is another one in another database. */
function isSteady({ type, wire }: Column): boolean {
  if (isMadeOfOpaque(type) || wire === AS_TEXT) return false;
  switch (type.kind) {
    case 'enum':
      return true;
    case 'array':
      return isBuiltIn(type.element);
    case 'composite':
      return type.fields.every(
        (field) => isBuiltIn(field) || (field.type.kind === 'array' && isBuiltIn(field.type.element)),
      );
    case 'range':
    case 'multirange':
      return isSteady(type.bound);
    default:
      return FORMS.has(wire);
  }
}

function isBuiltIn({ type, wire }: Column): boolean {
  return type.kind !== 'enum' && FORMS.get(wire) === 'own';
}

/** Whether the same bytes of both columns are the same value: same types, and so all the way down. */
export function meanTheSame(one: Column, other: Column): boolean {
  if (one.wire !== other.wire || one.type.kind !== other.type.kind) return false;
  const [parts, others] = [partsOf(one.type), partsOf(other.type)];
  if (parts.length > 0 || others.length > 0) {
    return (
      parts.length === others.length &&
      parts.every((part, i) => {
        const partner = others[i];
        return partner !== undefined && partner.name === part.name && meanTheSame(part, partner);
      })
    );
  }
  if (one.type.kind === 'money' && other.type.kind === 'money') return one.type.digits === other.type.digits;
  return one.type.kind === 'enum' || one.declared === other.declared;
}
