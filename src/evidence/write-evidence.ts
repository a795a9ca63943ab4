import type { KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TableDifference } from '../app/run-hooks.js';
import { formatDifferences } from '../report/differences-file.js';
import { formatReport } from '../report/format-report.js';
import { collectHtmlRows } from '../report/html/rows/html-rows.js';
import {
  describeConfig,
  describeRun,
  EVIDENCE_FORMAT,
  type EvidencedRun,
  formatJson,
} from './describe-run.js';
import { type EvidenceFolder, LOG_FILE } from './evidence-folder.js';
import { formatSums, MANIFEST_FILE, SIGNATURE_FILE, SUMS_FILE, sumBytes, sumFiles } from './manifest.js';
import { signBytes } from './signature.js';

/** A run that ended, and what its evidence is made of. */
export interface EvidenceRequest extends EvidencedRun {
  readonly folder: EvidenceFolder;
  readonly differences: () => AsyncIterable<TableDifference>;
  /** Signs the manifest; null for no signature. */
  readonly signingKey: KeyObject | null;
}

/**
 * Writes everything that shows later what the run was and found, and the manifest over it. Returns the SHA-256 sum of the
 * manifest: who keeps it elsewhere can tell whether anything was altered since.
 */
export async function writeEvidence(request: EvidenceRequest): Promise<string> {
  const { folder, config, result, differences, signingKey } = request;
  const rows = await collectHtmlRows({ result, differences: differences() });
  const files: readonly (readonly [string, Iterable<string> | AsyncIterable<string>])[] = [
    ['run.json', [formatJson(describeRun(request))]],
    ['config.json', [formatJson(describeConfig(config))]],
    ['result.json', [formatReport(result, { format: 'json' })]],
    ['report.html', [formatReport(result, { format: 'html', rows })]],
    ['differences.ndjson', formatDifferences({ result, differences: differences() })],
  ];
  for (const [name, chunks] of files) await folder.write(name, chunks);
  folder.sealLog();
  const names = [...files.map(([name]) => name), LOG_FILE];
  await folder.write(MANIFEST_FILE, [await describeFiles(folder.path, names)]);
  const sums = Buffer.from(formatSums(await sumFiles(folder.path, [...names, MANIFEST_FILE])));
  await folder.write(SUMS_FILE, [sums]);
  if (signingKey !== null) await folder.write(SIGNATURE_FILE, [signBytes(sums, signingKey)]);
  return sumBytes(sums);
}

async function describeFiles(folder: string, names: readonly string[]): Promise<string> {
  const files = await sumFiles(folder, names);
  return formatJson({
    format: EVIDENCE_FORMAT,
    files: files.map((file) => ({ ...file, bytes: statSync(join(folder, file.name)).size })),
  });
}
