/**
 * Checks a record by its proof, step by step, from nothing but two files and what this browser knows of the building:
 * the log's key, the devices' keys as its verified entries name them and, where it has witnesses, its policy. Each step is told for itself, also after one that failed.
 */

import { verifyCosignatures, type Cosignatures } from "../log/cosignature";
import { LogError, type LogErrorCode } from "../log/errors";
import { equalBytes } from "../log/bytes";
import { inclusionNodes, leafHash, rootFrom, type NodeOf } from "../log/merkle";
import { openCheckpoint, parseNote, type Checkpoint, type VerifierKey } from "../log/note";
import type { Policy, Tally } from "../log/policy";
import { parseProof, PROOF_FIRST_LINE, type TlogProof } from "../log/proof";
import type { KeyDirectory } from "./directory";
import { isSignedBy } from "./envelope";
import { RecordError } from "./errors";
import { keyId, type PublicKey } from "./keys";
import { openBody, parseSealed, recordName, type Body, type Sealed } from "./record";

export type Step =
  "record" | "body" | "building" | "proof" | "head" | "place" | "device" | "witnesses" | "here" | "browser";

/** Why a step has failed, or says nothing. */
export type Reason =
  | "encoding"
  | "field"
  | "commitment"
  | "otherBuilding"
  | "format"
  | Extract<LogErrorCode, "signature" | "origin">
  | "beyond"
  | "pathLength"
  | "path"
  | "noKey"
  | "otherKey"
  | "notSigned"
  | "keysUnread"
  | "wrongWitness"
  | "tooFew"
  | "policyChanged"
  | "noWitnesses"
  | "noPolicy"
  | "otherRecord"
  | "notRemembered"
  | "notSecure"
  | "noEd25519"
  | "before";

export interface Check {
  readonly step: Step;
  /** `open`: it says nothing, for or against. */
  readonly outcome: "passed" | "failed" | "open";
  readonly reason: Reason | null;
  /** For whoever looks closer. */
  readonly detail: string | null;
}

/** What the browser knows of the building. */
export interface Known {
  readonly key: VerifierKey;
  /** "none" where the building has no witnesses, "unknown" where its policy could not be had. */
  readonly policy: Policy | "none" | "unknown";
  /** Whether the coordinator serves another policy than this one, which this browser has pinned. */
  readonly policyChanged: boolean;
  /** The devices' keys, as the entries that were verified here name them. */
  readonly keys: KeyDirectory;
  /** Whether the log as verified in this browser has the record of a name at an index; null when it cannot tell. */
  readonly holds: (index: number, name: string) => boolean | null;
}

export interface ProofReport {
  readonly checks: readonly Check[];
  readonly sealed: Sealed | null;
  readonly body: Body | null;
  readonly proof: TlogProof | null;
  readonly checkpoint: Checkpoint | null;
  readonly cosignatures: Cosignatures | null;
  readonly tally: readonly Tally[];
  /** Whether nothing failed. */
  readonly proven: boolean;
}

/** Whether a file is a proof rather than a record, so that the two may be given in any order. */
export function isProof(data: Uint8Array): boolean {
  const start = new TextEncoder().encode(PROOF_FIRST_LINE);
  return equalBytes(data.slice(0, start.length), start);
}

export function checkRecord(record: Uint8Array, proofFile: Uint8Array, known: Known): ProofReport {
  const steps = new Steps();
  const sealed = steps.try("record", () => parseSealed(record));
  const body = steps.after("body", sealed, openBody);
  steps.after("building", sealed, ({ envelope }) => {
    if (envelope.building !== known.key.name) {
      throw new Finding("otherBuilding", `it is meant for ${envelope.building}, not for ${known.key.name}`);
    }
  });
  const proof = steps.try("proof", () => parseProof(proofFile));
  const checkpoint = steps.after("head", proof, ({ checkpoint }) => openCheckpoint(checkpoint, known.key));
  steps.after("place", sealed && proof && checkpoint && { sealed, proof, checkpoint }, checkPlace);
  steps.after("device", sealed && proof && { sealed, proof }, (it) => checkDevice(it, known.keys));
  const witnessed = steps.after("witnesses", checkpoint && proof, (it) => checkWitnesses(it, known));
  steps.after("here", sealed && proof && { sealed, proof }, (it) => checkHere(it, known));
  const { checks } = steps;
  return {
    checks,
    sealed,
    body,
    proof,
    checkpoint,
    cosignatures: steps.cosignatures ?? witnessed,
    tally: tallyOf(known.policy, steps.cosignatures ?? witnessed),
    proven: checks.every(({ outcome }) => outcome !== "failed"),
  };
}

/** What a step has found out against the record, or why it says nothing. */
export class Finding extends Error {
  constructor(
    readonly reason: Reason,
    message: string,
    readonly outcome: "failed" | "open" = "failed",
    readonly cosignatures: Cosignatures | null = null,
  ) {
    super(message);
  }
}

class Steps {
  readonly checks: Check[] = [];
  /** What was found of the witnesses, also when it is not enough. */
  cosignatures: Cosignatures | null = null;

  try<T>(step: Step, work: () => T): T | null {
    try {
      const result = work();
      this.checks.push({ step, outcome: "passed", reason: null, detail: null });
      return result;
    } catch (error) {
      if (error instanceof Finding) this.cosignatures ??= error.cosignatures;
      this.checks.push(judged(step, error));
      return null;
    }
  }

  /** A step that needs what an earlier one has found; without it, it says nothing. */
  after<S, T>(step: Step, found: S | null, work: (found: S) => T): T | null {
    return this.try(step, () => {
      if (found === null) throw new Finding("before", "an earlier step has failed", "open");
      return work(found);
    });
  }
}

/** What a step has come to that ended with an error; one that is no finding is thrown on. */
export function judged(step: Step, error: unknown): Check {
  if (error instanceof Finding) return { step, outcome: error.outcome, reason: error.reason, detail: error.message };
  if (error instanceof RecordError) return { step, outcome: "failed", reason: error.code, detail: error.message };
  if (!(error instanceof LogError)) throw error;
  const { code, message } = error;
  return {
    step,
    outcome: "failed",
    reason: code === "signature" || code === "origin" ? code : "format",
    detail: message,
  };
}

function checkPlace({ sealed, proof, checkpoint }: { sealed: Sealed; proof: TlogProof; checkpoint: Checkpoint }): void {
  const { size, root } = checkpoint;
  const found = rootFrom(leafHash(sealed.entry), nodesOf(proof, size));
  if (!equalBytes(found, root)) throw new Finding("path", "the record and the path lead to another root");
}

/** What is to be hashed on the way from a record's leaf to the root of so many entries. */
export function nodesOf({ index, path }: TlogProof, size: number): readonly NodeOf[] {
  if (index >= size) throw new Finding("beyond", `the proof is for entry ${index}, its head has ${size} entries`);
  const nodes = inclusionNodes(size, index, path);
  if (nodes === null) {
    throw new Finding("pathLength", `${path.length} hashes do not lead from entry ${index} to the root of ${size}`);
  }
  return nodes;
}

/** Whether the device's own key has signed the record: the one that the log names for it at the record's place. */
function checkDevice({ sealed, proof }: { sealed: Sealed; proof: TlogProof }, keys: KeyDirectory): void {
  const { envelope } = sealed;
  const { device } = envelope;
  const key = namedKey(device, proof.index, keys);
  if (envelope.keyId !== keyId(key)) {
    throw new Finding("otherKey", `signed by key ${envelope.keyId}; device ${device} had ${keyId(key)} there`);
  }
  if (!isSignedBy(envelope, key)) throw new Finding("notSigned", `the signature is not of key ${keyId(key)}`);
}

/** The key that the log names for a device at a place. */
export function namedKey(device: string, index: number, keys: KeyDirectory): PublicKey {
  if (index >= keys.size) throw new Finding("keysUnread", `${keys.size} entries were read here`, "open");
  // The log begins with the entry that enrols the building: it is signed with the key that it brings.
  const key = keys.keyAt(device, index === 0 ? 1 : index);
  if (key === null) throw new Finding("noKey", `the log names no key of device ${device} before entry ${index}`);
  return key;
}

function checkWitnesses({ checkpoint }: TlogProof, { policy, policyChanged }: Known): Cosignatures {
  if (policy === "unknown") throw new Finding("noPolicy", "the policy could not be read", "open");
  if (policy === "none" || policy.asksForNobody) throw new Finding("noWitnesses", "there is no policy", "open");
  const { text, lines } = parseNote(checkpoint);
  const found = verifyCosignatures(text, lines, policy);
  if (found.wrong.length > 0) {
    throw new Finding("wrongWitness", `wrong signature under the name of ${found.wrong.join(", ")}`, "failed", found);
  }
  if (!policy.isMet(new Set(found.times.keys()))) {
    const reason = policyChanged ? "policyChanged" : "tooFew";
    throw new Finding(reason, "the policy asks for more signatures", "failed", found);
  }
  return found;
}

function checkHere({ sealed, proof }: { sealed: Sealed; proof: TlogProof }, known: Known): void {
  const holds = known.holds(proof.index, recordName(sealed));
  if (holds === null) throw new Finding("notRemembered", "only the newest entries are remembered", "open");
  if (!holds) throw new Finding("otherRecord", `entry ${proof.index} of the verified log is another record`);
}

function tallyOf(policy: Known["policy"], found: Cosignatures | null): readonly Tally[] {
  return found === null || typeof policy === "string" ? [] : policy.tally(new Set(found.times.keys()));
}
