/**
 * The policy that a browser goes by: the first one it has seen. The coordinator serves the list of those who watch it,
 * so a list that has changed is told, with what is new in it, and counts only once the reader has taken it over.
 */

import { encodeHex, equalBytes } from "./bytes";
import { LogError } from "./errors";
import { hashBytes } from "./merkle";
import { Policy, type Witness } from "./policy";

/** How the key stands, that the verified log names for a flat as a witness; null where it names none. */
export type NamedKey = (witness: string) => Uint8Array | null;

export interface PolicyChange {
  /** Of the file as this browser has pinned it, and as it is served now. */
  readonly pinned: string;
  readonly served: string;
  /** By their names in the policies. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** They sign with another key now. */
  readonly rekeyed: readonly string[];
  /** Of those added and rekeyed, whom the log itself does not name with this key. */
  readonly unnamed: readonly string[];
  /** Whether nobody at all has to sign any more. */
  readonly dropped: boolean;
}

/** What a person compares: the start of the file's SHA-256, in groups of four hex digits. */
export function policyFingerprint(text: string): string {
  const digits = encodeHex(hashBytes(new TextEncoder().encode(text))).slice(0, 32);
  return digits.match(/.{4}/g)?.join(" ") ?? digits;
}

/** The policy of a text that was kept; null when it is none any more. */
export function readPinned(text: string | null): Policy | null {
  if (text === null) return null;
  try {
    return Policy.parse(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    console.warn(`the pinned policy is not readable: ${error.message}`);
    return null;
  }
}

/** What has changed from one policy to another; both with their texts. */
export function changeOf(
  pinned: { readonly text: string; readonly policy: Policy },
  served: { readonly text: string; readonly policy: Policy | "none" },
  named: NamedKey,
): PolicyChange {
  const [before, now] = [byName(pinned.policy), byName(served.policy)];
  const added = [...now.keys()].filter((name) => !before.has(name));
  const rekeyed = [...now].filter(([name, { key }]) => isOther(before.get(name), key.publicKey)).map(([name]) => name);
  return {
    pinned: policyFingerprint(pinned.text),
    served: policyFingerprint(served.text),
    added,
    removed: [...before.keys()].filter((name) => !now.has(name)),
    rekeyed,
    unnamed: [...added, ...rekeyed].filter((name) => isOther(now.get(name), named(name) ?? new Uint8Array())),
    dropped: served.policy === "none" || served.policy.asksForNobody,
  };
}

function byName(policy: Policy | "none"): ReadonlyMap<string, Witness> {
  return new Map(policy === "none" ? [] : policy.witnesses.map((witness) => [witness.name, witness]));
}

function isOther(witness: Witness | undefined, key: Uint8Array): boolean {
  return witness !== undefined && !equalBytes(witness.key.publicKey, key);
}
