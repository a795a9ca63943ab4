import type { Diagnosis } from '../core/diagnosis.js';
import { drawLevel } from '../core/drawn-rows.js';
import type { Finding } from '../core/finding.js';
import { isConditional, type Side, type TablePair } from '../core/pairing.js';
import { diagnoseTable } from '../diagnosis/diagnose-table.js';
import { findLatentEncoding } from '../diagnosis/latent-encoding.js';
import { RowLookup } from '../diagnosis/row-lookup.js';
import type { Spool } from '../state/spool.js';
import type { TableState } from '../state/table-state.js';
import type { RowTeller } from './disclose-rows.js';
import type { OpenSide } from './open-side.js';

interface Run {
  readonly teller: RowTeller;
  readonly sides: Record<Side, OpenSide>;
  readonly spool: Spool;
  readonly signal: AbortSignal;
  /** Whether all differing rows were kept. */
  readonly keepsRows: boolean;
}

/**
 * Says of each table of a run why its rows differ, and warns of damage that no comparison finds. Advice changes no
 * verdict: what cannot be looked up is said and left out. Only a server that is not the one that was read does.
 */
export class DiagnosisRun {
  readonly #run: Run;
  readonly #lookup: RowLookup;

  constructor(run: Run) {
    this.#run = run;
    this.#lookup = new RowLookup(run.sides);
  }

  async diagnose(table: TableState): Promise<readonly Diagnosis[]> {
    const { pair, id } = table.planned;
    const { teller, spool, signal, keepsRows } = this.#run;
    if (pair === null || table.mode === 'count' || signal.aborted) return [];
    const facts = table.toResult([]);
    // With a condition, even the first row of a table may be far away.
    const isWhole = !isConditional(pair);
    const isComplete =
      isWhole && table.mode === 'full' && table.isDone && facts.coverage.unverifiedChunks === 0;
    if (isWhole && facts.coverage.rows > 0 && !table.isOnceEncoded) await this.#adviseOn(table, pair);
    const onFailure = (reason: string): void => table.addFinding(incomplete(table, reason));
    const { failure } = table.explained;
    if (failure !== null) {
      onFailure(failure);
      return [];
    }
    try {
      const diagnoses = await diagnoseTable({
        pair,
        counts: facts,
        strategy: facts.strategy,
        isComplete,
        isLeft: table.isLeft,
        explained: table.explained,
        drawLevel: keepsRows ? 0 : drawLevel(table.differences),
        differences: spool.readBatches(id, table.stored),
        lookup: this.#lookup,
        showsKeys: teller.showsKeys,
        onFailure,
      });
      return teller.diagnoses(table.planned, diagnoses);
    } catch (error) {
      // Advice must not cost a run of hours its report.
      onFailure(error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  async #adviseOn(table: TableState, pair: TablePair): Promise<void> {
    try {
      for (const finding of await findLatentEncoding(pair, this.#lookup)) table.addFinding(finding);
    } catch (error) {
      const reason = this.#lookup.describe('source', error);
      table.addFinding(incomplete(table, `cannot look for text that was encoded twice: ${reason}`));
    }
  }

  /** That an address led to another server after the last row was read: whoever uses it next may not get what was compared. */
  findStrangers(): readonly Finding[] {
    return [...this.#lookup.strangers].map(([side, { message, hint }]) => ({
      code: 'other-server',
      message: `On the ${side}, after its rows were read: ${message}`,
      hint,
    }));
  }

  close(): Promise<void> {
    return this.#lookup.close();
  }
}

function incomplete({ name }: TableState, reason: string): Finding {
  return {
    code: 'diagnosis-incomplete',
    about: { table: name, detail: reason },
    message: `The diagnosis of ${name} is incomplete: ${reason.replace(/\.$/, '')}.`,
    hint: 'This concerns advice only, and nothing of what was compared.',
  };
}
