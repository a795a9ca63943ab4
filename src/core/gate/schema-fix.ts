import type { DeferralFacts, ReferenceRule } from './constraint-facts.js';

interface InTable {
  readonly schema: string;
  readonly table: string;
}

/** What mends the schema of a side. Everything is built from names and rules; no text of a server goes into it. */
export type SchemaFix =
  | (InTable &
      DeferralFacts & {
        readonly kind: 'add-foreign-key';
        readonly name: string;
        readonly columns: readonly { readonly own: string; readonly referenced: string }[];
        readonly referencedSchema: string;
        readonly referencedTable: string;
        readonly onDelete: ReferenceRule;
        readonly onUpdate: ReferenceRule;
        /** Whether either table is partitioned, where servers know fewer ways. */
        readonly isPartitioned: boolean;
      })
  /** Has the rows checked that a constraint was added behind. */
  | (InTable & { readonly kind: 'validate-constraint'; readonly name: string })
  /** Switches on the triggers by which a server holds rows to its foreign keys. */
  | (InTable & { readonly kind: 'enable-constraint-triggers' })
  | (InTable & {
      readonly kind: 'add-index';
      readonly columns: readonly { readonly column: string; readonly prefix: number | null }[];
      readonly uniqueness: 'primary' | 'unique' | 'plain';
      readonly isPartitioned: boolean;
    })
  /** Builds an index again that is not valid. */
  | (InTable & { readonly kind: 'rebuild-index'; readonly name: string })
  | (InTable & { readonly kind: 'enable-trigger' | 'disable-trigger'; readonly name: string })
  | { readonly kind: 'enable-event'; readonly schema: string; readonly name: string };
