/** What the kernel does with one column. */
export interface KernelColumn {
  readonly opcode: number;
  /** Bytes of the field, or one of the `WIDTH_` numbers; PostgreSQL's framing has no use for it. */
  readonly width: number;
  readonly argument: number;
}

/** How the kernel reads the rows of a column list. What it has no opcode for is marked as external. */
export interface KernelProgram {
  readonly framing: number;
  readonly columns: readonly KernelColumn[];
  /** Tables of 256 code points, -1 where there is none, of the single-byte character sets that are used. */
  readonly tables: readonly Int32Array[];
}

/** An opcode and its argument; null where the kernel has no rule. */
export type KernelRule = { readonly opcode: number; readonly argument: number } | null;
