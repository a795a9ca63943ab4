import { optionError, type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { EXIT_CODES } from '../core/verdict.js';
import { checkEvidence, type EvidenceCheck, type EvidenceProofs } from '../evidence/check-evidence.js';
import { readPublicKey } from '../evidence/signature.js';
import { formatCounted } from '../words/number-text.js';
import type { GuardedIo } from './cli-io.js';

interface EvidenceCommand {
  readonly action: string;
  readonly folder: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

/** Does what `rowproof evidence check` was asked to; 1 where something is not as the run left it. */
export async function runEvidence({ action, folder, flags, io }: EvidenceCommand): Promise<number> {
  if (action !== 'check')
    throw usageError(`rowproof evidence does not know ${action}.`, 'Write rowproof evidence check DIR.');
  const proofs = readProofs(flags);
  const check = await checkEvidence(folder, proofs);
  io.stdout.write(describeCheck(folder, check, proofs));
  return check.faults.length === 0 ? EXIT_CODES.clean : EXIT_CODES.different;
}

function readProofs(flags: RawFlags): EvidenceProofs {
  const manifestHash = readText(flags, 'manifest-hash') ?? null;
  if (manifestHash !== null && !/^[0-9a-f]{64}$/i.test(manifestHash))
    throw optionError({
      option: '--manifest-hash',
      message: `Expected --manifest-hash to be 64 hexadecimal digits, got ${manifestHash}.`,
      hint: 'It is the last line that rowproof verify --evidence wrote to stderr.',
    });
  const path = readText(flags, 'public-key');
  return { manifestHash, publicKey: path === undefined ? null : readPublicKey(path) };
}

function describeCheck(
  folder: string,
  { files, faults, manifestHash, isSigned }: EvidenceCheck,
  proofs: EvidenceProofs,
): string {
  const { manifestHash: kept, publicKey } = proofs;
  const by = [
    ...(kept === null ? [] : ['the sum that was kept']),
    ...(publicKey === null ? [] : ['the signature']),
  ];
  const weak =
    'Its manifest was held against nothing: this guards against accident only, since who alters a file can write a manifest to fit. Give --manifest-hash or --public-key.\n';
  const verdict =
    faults.length > 0
      ? `ALTERED: ${folder} is not as the run left it.\n`
      : `UNALTERED: ${formatCounted(files, 'file')} of ${folder} ${files === 1 ? 'is' : 'are'} as the manifest says${by.length === 0 ? '' : `, and the manifest as ${by.join(' and ')}`}.\n`;
  const unread =
    publicKey === null && isSigned ? 'Its signature was not looked at: give --public-key.\n' : '';
  const sum = manifestHash === null ? '' : `SHA-256 of the manifest: ${manifestHash}\n`;
  return `${faults.map((fault) => `${fault}\n`).join('')}${sum}${by.length === 0 ? weak : ''}${unread}${verdict}`;
}
