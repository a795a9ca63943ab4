import type { Side } from '../pairing.js';

/** A statement that lets an account see something, and what. */
export interface GateGrant {
  readonly statement: string;
  /** Completes "lets the gate see …": "other sessions". */
  readonly lets: string;
}

/** The least grants of a side for a full gate. */
export interface SideGrants {
  readonly side: Side;
  readonly product: string;
  readonly url: string;
  readonly grants: readonly GateGrant[];
  /** What is otherwise on managed services, a line each. */
  readonly managed: readonly string[];
}
