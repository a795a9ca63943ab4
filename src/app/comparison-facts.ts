import { hashConfig } from '../config/config-hash.js';
import type { RunConfig } from '../config/run-config.js';
import { VERSION } from '../config/version.js';
import { type ComparisonFacts, ENCODING_VERSION, type SideFacts } from '../core/comparison-facts.js';
import type { Side } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { TableState } from '../state/table-state.js';
import { describeSide } from './open-run.js';
import type { OpenSide } from './open-side.js';

interface FactsRequest {
  /** As it was asked, before names were looked up. */
  readonly config: RunConfig;
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly tables: readonly Pick<TableState, 'planned' | 'name' | 'mode' | 'ratio'>[];
  readonly seed: bigint;
}

/** What has to be the same in every sitting, and in every part, of a run. */
export function comparisonFacts({ config, sides, tables, seed }: FactsRequest): ComparisonFacts {
  const usesZones = config.sourceTimezone !== null || config.targetTimezone !== null;
  return {
    rowproof: VERSION,
    encoding: ENCODING_VERSION,
    zones: usesZones ? (process.versions.tz ?? 'unknown') : null,
    // Where the sides are may be said in another way; who answers there is compared by itself.
    askedHash: hashConfig({ ...config, sourceUrl: 'any://source', targetUrl: 'any://target' }).askedHash,
    seed: seed.toString(),
    sides: { source: sideFacts(sides.source), target: sideFacts(sides.target) },
    tables: tables.map(({ planned, name, mode, ratio }) => ({
      id: planned.id,
      name,
      strategy: planned.pair?.strategy ?? null,
      mode,
      ratio,
      source: withoutEstimates(planned.source),
      target: withoutEstimates(planned.target),
      key: (planned.pair?.key ?? []).map((column) => ({
        source: column.source.name,
        target: column.target.name,
        kind: column.keyKind,
      })),
    })),
  };
}

function sideFacts(side: OpenSide): SideFacts {
  const { engine, version, url } = describeSide(side);
  const { id, place, isWeak } = side.session.server;
  const server = isWeak === true ? `${id} at ${place}` : id;
  return { engine, version, url, schema: side.catalog.schema, server, place };
}

/** How many rows there are is the server's guess, and another one in the next minute. */
function withoutEstimates(table: Table | null): Table | null {
  return table === null ? null : { ...table, estimatedRows: null, estimatedRowBytes: null };
}
