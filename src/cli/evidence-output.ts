import type { KeyObject } from 'node:crypto';
import type { VerifyOutcome } from '../app/run-hooks.js';
import type { RunConfig } from '../config/run-config.js';
import { type EvidenceFolder, openEvidenceFolder } from '../evidence/evidence-folder.js';
import { readSigningKey } from '../evidence/signature.js';
import { writeEvidence } from '../evidence/write-evidence.js';
import type { CliIo } from './cli-io.js';
import type { OutputPlan } from './output-plan.js';

/** Where the evidence of a run goes. */
export interface EvidenceOutput {
  /** Takes a line of the run's log. */
  readonly log: (line: string) => void;
  /** Writes all of it, and says on stderr what to keep elsewhere. */
  write(outcome: EvidencedOutcome): Promise<void>;
  /** Takes away what was begun where there is no result; harmless afterwards. */
  close(): void;
}

interface EvidencedOutcome extends Pick<VerifyOutcome, 'result' | 'differences' | 'servers'> {
  readonly exitCode: number;
}

interface Request {
  readonly plan: Pick<OutputPlan, 'evidencePath' | 'signWith'>;
  readonly config: RunConfig;
  readonly io: Pick<CliIo, 'stderr'>;
}

/** Opens the folder and reads the key before anything connects; null where no evidence is wanted. */
export function openEvidence({ plan, config, io }: Request): EvidenceOutput | null {
  const { evidencePath, signWith } = plan;
  if (evidencePath === null) return null;
  const signingKey = signWith === null ? null : readSigningKey(signWith);
  const folder = openEvidenceFolder(evidencePath);
  return {
    log: folder.log,
    close: folder.discard,
    write: async (outcome) => {
      const hash = await writeEvidence({ ...outcome, config, folder, signingKey, endedAt: new Date() });
      io.stderr.write(describeKept(folder, signingKey, hash));
    },
  };
}

/** The hash stands alone in the last line, so that a script can take it from there. */
function describeKept({ path }: EvidenceFolder, signingKey: KeyObject | null, hash: string): string {
  const signed = signingKey === null ? '' : ', signed';
  return `Evidence is in ${path}${signed}. Keep the SHA-256 sum of its manifest elsewhere:\n${hash}\n`;
}
