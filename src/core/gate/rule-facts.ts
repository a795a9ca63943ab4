import type { TriggerFiring } from './trigger-facts.js';

/** A rule of a table of the schema, by which the server writes statements anew before it runs them. */
export interface RuleFacts {
  readonly table: string;
  readonly name: string;
  /** `insert`, `update`, `delete` or `select`. */
  readonly event: string;
  /** Whether what it says is done in place of the statement; else beside it. */
  readonly isInstead: boolean;
  readonly firing: TriggerFiring;
  /** When it is followed and what it does, in the server's own words, to be compared and never shown. */
  readonly definition: string;
}
