/**
 * Policies: which witnesses a building has, and how many of them must have signed a head.
 *
 * Specification: C2SP tlog-policy, text as of 22 June 2026 (untagged). A policy is a text file that people write and
 * keep: `log`, `witness`, `group` and one `quorum` line, each name defined above its use.
 */

import { encodeBase64 } from "./bytes";
import { LogError } from "./errors";
import { COSIGNATURE, decodeUtf8, ED25519, MLDSA_COSIGNATURE, parseKey, type VerifierKey } from "./note";

/** The name of the flats' group in the policy that a coordinator writes. */
export const FLATS = "flats";
const NO_QUORUM = "none";

export interface Witness {
  /** The policy's own name for it: of a flat, its device's pseudonym. What signs is the key. */
  readonly name: string;
  readonly key: VerifierKey;
}

/** So many of its members must have signed; a member is a witness or another group. */
export interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

export class Policy {
  constructor(
    readonly logs: readonly VerifierKey[],
    readonly witnesses: readonly Witness[],
    readonly groups: readonly Group[],
    readonly quorum: string,
  ) {}

  static parse(data: Uint8Array): Policy {
    const [end, ...reversed] = decodeUtf8(data, "the policy").split("\n").reverse();
    if (end !== "") throw new LogError("format", "the last line of the policy does not end");
    const reader = new Reader();
    reversed.reverse().forEach((line, at) => {
      try {
        reader.read(line);
      } catch (error) {
        if (!(error instanceof LogError)) throw error;
        throw new LogError("format", `line ${at + 1} of the policy: ${error.message}`);
      }
    });
    if (reader.quorum === null) throw new LogError("format", "the policy has no line 'quorum'");
    return new Policy(reader.logs, reader.witnesses, reader.groups, reader.quorum);
  }

  /** Whether anybody has to sign at all. */
  get asksForNobody(): boolean {
    return this.quorum === NO_QUORUM;
  }

  /** Whether the signatures of these witnesses are enough. */
  isMet(signed: ReadonlySet<string>): boolean {
    return this.asksForNobody || this.counting(signed).has(this.quorum);
  }

  /** The earliest time at which the signatures, each with its time, were enough; null when all of them are not. */
  metAt(times: ReadonlyMap<string, number>): number | null {
    const signed = new Set<string>();
    for (const [name, time] of [...times].sort(([, a], [, b]) => a - b)) {
      signed.add(name);
      if (this.isMet(signed)) return time;
    }
    return null;
  }

  /** How far each group of witnesses is. */
  tally(signed: ReadonlySet<string>): readonly Tally[] {
    const names = new Set(this.witnesses.map(({ name }) => name));
    const groups = this.groups.filter(({ members }) => members.every((member) => names.has(member)));
    return groups.map(({ name, threshold, members }) => ({
      group: name,
      signed: members.filter((member) => signed.has(member)).length,
      members: members.length,
      needed: threshold,
    }));
  }

  /** The witnesses and groups that count as having signed. */
  private counting(signed: ReadonlySet<string>): Set<string> {
    const counting = new Set(this.witnesses.map(({ name }) => name).filter((name) => signed.has(name)));
    for (const { name, threshold, members } of this.groups) {
      if (members.filter((member) => counting.has(member)).length >= threshold) counting.add(name);
    }
    return counting;
  }
}

export interface Tally {
  readonly group: string;
  readonly signed: number;
  readonly members: number;
  readonly needed: number;
}

/** Takes a policy line by line, and refuses what breaks its rules. */
class Reader {
  readonly logs: VerifierKey[] = [];
  readonly witnesses: Witness[] = [];
  readonly groups: Group[] = [];
  quorum: string | null = null;
  /** Witnesses and groups have one space of names; the value tells whether the name is a member already. */
  private readonly names = new Map<string, boolean>();
  private readonly keys = new Set<string>();

  read(line: string): void {
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw new LogError("format", "it has control characters");
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    const [kind, ...rest] = words;
    if (kind === undefined || kind.startsWith("#")) return;
    if (kind === "log" && rest.length >= 1 && rest.length <= 2) return this.log(rest);
    if (kind === "witness" && rest.length >= 2 && rest.length <= 3) return this.witness(rest);
    if (kind === "group" && rest.length >= 3) return this.group(rest);
    if (kind === "quorum" && rest.length === 1) return this.takeQuorum(rest);
    throw new LogError("format", `${JSON.stringify(line.slice(0, 60))} is not a line that a policy has`);
  }

  private log([text = ""]: readonly string[]): void {
    const key = parseKey(text);
    if (key.type !== ED25519 && key.type !== MLDSA_COSIGNATURE) {
      throw new LogError("format", `the log ${key.name} has a key of type ${key.type}, not one of a log`);
    }
    this.addKey("log", key);
    this.logs.push(key);
  }

  private witness([name = "", text = ""]: readonly string[]): void {
    const key = parseKey(text);
    if (key.type !== COSIGNATURE && key.type !== MLDSA_COSIGNATURE) {
      throw new LogError("format", `the witness ${name} has a key of type ${key.type}, not one that cosigns`);
    }
    this.define(name);
    this.addKey("witness", key);
    this.witnesses.push({ name, key });
  }

  private group([name = "", count = "", ...members]: readonly string[]): void {
    for (const member of members) {
      const taken = this.names.get(member);
      if (taken === undefined)
        throw new LogError("format", `${member} is a member of ${name} and not defined above it`);
      if (taken) throw new LogError("format", `${member} is a member twice`);
      this.names.set(member, true);
    }
    this.define(name);
    const threshold = count === "all" ? members.length : count === "any" ? 1 : Number(count);
    if (!/^(all|any|[1-9][0-9]{0,5})$/.test(count) || threshold > members.length) {
      throw new LogError("format", `the group ${name} asks for ${count} of its ${members.length} members`);
    }
    this.groups.push({ name, threshold, members });
  }

  private takeQuorum([name = ""]: readonly string[]): void {
    if (this.quorum !== null) throw new LogError("format", "there is a second quorum");
    if (name !== NO_QUORUM && !this.names.has(name)) {
      throw new LogError("format", `the quorum ${name} is no witness and no group defined above it`);
    }
    this.quorum = name;
  }

  private define(name: string): void {
    if (name === NO_QUORUM || this.names.has(name)) throw new LogError("format", `the name ${name} is taken already`);
    this.names.set(name, false);
  }

  /** One key under two names would count twice. */
  private addKey(role: string, { publicKey }: VerifierKey): void {
    const key = `${role} ${encodeBase64(publicKey)}`;
    if (this.keys.has(key)) throw new LogError("format", "its key stands in the policy already");
    this.keys.add(key);
  }
}
