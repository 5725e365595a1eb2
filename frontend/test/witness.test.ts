import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeBase64, encodeBase64 } from "../src/log/bytes";
import { verifyCosignatures } from "../src/log/cosignature";
import { LogError, NoSuchFileError, UnreachableError } from "../src/log/errors";
import { parseNote, parseSignatureLines, parseVerifierKey } from "../src/log/note";
import { policyFingerprint, type NamedKey } from "../src/log/pin";
import { Policy } from "../src/log/policy";
import { OLD_MS, standingOf, WAIT_MS } from "../src/log/standing";
import type { LogFiles } from "../src/log/tiles";
import type { Keeper } from "../src/log/watch";
import { NO_WITNESS_VIEW, WitnessWatch, type WitnessView } from "../src/log/witnesses";
import { changed, GOLDEN, line, raw } from "./proofs";

const policy = Policy.parse(raw(GOLDEN.policy));
const { text } = parseNote(raw(GOLDEN.head));
const refused = (reason: RegExp) => (error: unknown) =>
  error instanceof LogError && error.code === "format" && reason.test(error.message);

test("a policy of the Python side is read with its witnesses, groups and quorum", () => {
  assert.deepEqual(
    policy.witnesses.map(({ name }) => name),
    ["101", "102", "103", "104", "outsider"],
  );
  assert.deepEqual(policy.groups[0], { name: "flats", threshold: 3, members: ["101", "102", "103", "104"] });
  assert.equal(policy.quorum, "building");
  assert.equal(policy.asksForNobody, false);
  assert.equal(Policy.parse(raw("quorum none\n")).asksForNobody, true);
});

test("a quorum needs as many of each group as the policy says, and began with the signature that completed it", () => {
  const [a, b, c, d, outside] = [1, 2, 3, 4, 5];
  assert.equal(policy.isMet(new Set(["101", "102", "103"])), false);
  assert.equal(policy.isMet(new Set(["101", "102", "outsider"])), false);
  assert.equal(policy.isMet(new Set(["101", "102", "103", "104"])), false);
  assert.equal(policy.isMet(new Set(["102", "103", "104", "outsider"])), true);
  assert.equal(policy.isMet(new Set(["101", "102", "nobody", "outsider"])), false);
  const all = new Map([
    ["outsider", outside],
    ["104", d],
    ["103", c],
    ["102", b],
    ["101", a],
  ]);
  assert.equal(policy.metAt(all), 5);
  assert.equal(policy.metAt(new Map([...all, ["outsider", 0]])), 3);
  assert.equal(policy.metAt(new Map([["101", 1]])), null);
});

test("each group's tally counts its own members", () => {
  assert.deepEqual(policy.tally(new Set(["101", "103", "outsider"])), [
    { group: "flats", signed: 2, members: 4, needed: 3 },
    { group: "outside", signed: 1, members: 1, needed: 1 },
  ]);
});

test("a policy that breaks a rule is refused with its line and its reason", () => {
  const [log = "", first = "", second = "", , , , group = ""] = GOLDEN.policy.split("\n");
  const key = first.split(" ")[2] ?? "";
  for (const [bad, reason] of [
    ["quorum none", /does not end/],
    ["", /no line 'quorum'/],
    ["quorum none\nquorum none\n", /line 2 .*second quorum/],
    ["quorum flats\n", /line 1 .*defined above/],
    [`${group}\nquorum flats\n`, /101 is a member of flats and not defined/],
    [`${first}\n${second}\ngroup g 3 101 102\nquorum g\n`, /asks for 3 of its 2/],
    [`${first}\n${second}\ngroup g 01 101 102\nquorum g\n`, /asks for 01/],
    [`${first}\ngroup g all 101 101\nquorum g\n`, /member twice/],
    [`${first}\n${first}\nquorum none\n`, /line 2 .*taken already/],
    [`${first}\nwitness other ${key}\nquorum none\n`, /stands in the policy already/],
    [`witness none ${key}\nquorum none\n`, /taken already/],
    [`${first.replace(/.$/, "A")}\nquorum none\n`, /line 1/],
    [`witness w ${log.split(" ")[1] ?? ""}\nquorum none\n`, /not one that cosigns/],
    [`log ${key}\nquorum none\n`, /not one of a log/],
    ["mirror x\nquorum none\n", /not a line that a policy has/],
    ["quorum none\u0001\n", /control characters/],
  ] as const) {
    assert.throws(() => Policy.parse(raw(bad)), refused(reason), bad);
  }
  assert.throws(() => Policy.parse(Uint8Array.of(0xff, 10)), refused(/UTF-8/));
});

test("comments, tabs and empty lines say nothing", () => {
  const spaced = `# the building\n\n${GOLDEN.policy.replaceAll(" ", " \t ")}  \n`;
  assert.deepEqual(Policy.parse(raw(spaced)), policy);
});

test("cosignatures of the Python side hold, each with its time", () => {
  const lines = parseSignatureLines(raw(["103", "101", "outsider"].map(line).join("")));
  const { times, wrong, unread } = verifyCosignatures(text, lines, policy);
  assert.deepEqual(
    times,
    new Map([
      ["101", GOLDEN.time],
      ["103", GOLDEN.time + 2],
      ["outsider", GOLDEN.time + 4],
    ]),
  );
  assert.deepEqual([wrong, unread], [[], []]);
});

test("a cosignature with any one byte of it changed is named as wrong", () => {
  const [dash = "", name = "", encoded = ""] = line("102").trimEnd().split(" ");
  const bytes = decodeBase64(encoded, "the line");
  for (let at = 4; at < bytes.length; at += 1) {
    const bent = raw(`${dash} ${name} ${encodeBase64(changed(bytes, at))}\n`);
    const { times, wrong } = verifyCosignatures(text, parseSignatureLines(bent), policy);
    assert.deepEqual([[...times], wrong], [[], ["102"]], `byte ${at}`);
  }
  const short = raw(`${dash} ${name} ${encodeBase64(bytes.slice(0, -1))}\n`);
  assert.deepEqual(verifyCosignatures(text, parseSignatureLines(short), policy).wrong, ["102"]);
});

test("a cosignature under another head is wrong, and one of nobody in the policy is not minded", () => {
  const other = raw(new TextDecoder().decode(text).replace("\n11\n", "\n12\n"));
  assert.deepEqual(verifyCosignatures(other, parseSignatureLines(raw(line("101"))), policy).wrong, ["101"]);
  const stranger = raw(line("101").replace("/w/101", "/w/999"));
  const { times, wrong } = verifyCosignatures(text, parseSignatureLines(stranger), policy);
  assert.deepEqual([[...times], wrong], [[], []]);
});

test("a list of signatures that is not made of whole lines is refused", () => {
  assert.deepEqual(parseSignatureLines(new Uint8Array()), []);
  assert.throws(() => parseSignatureLines(raw(line("101").trimEnd())), refused(/does not end/));
  assert.throws(() => parseSignatureLines(raw(`\n${line("101")}`)), refused(/name base64/));
});

// --- Following them -------------------------------------------------------------------------------------------------

class Served implements LogFiles {
  constructor(readonly files: Record<string, string | undefined>) {}

  async read(path: string): Promise<Uint8Array> {
    if (this.files["down"] !== undefined) throw new UnreachableError("down");
    const file = this.files[path];
    if (file === undefined) throw new NoSuchFileError(path);
    return raw(file);
  }
}

class Kept implements Keeper {
  constructor(public text: string | null = null) {}

  load(): string | null {
    return this.text;
  }

  save(text: string): void {
    this.text = text;
  }
}

function watching(
  files: Record<string, string | undefined>,
  pin: Keeper = new Kept(),
  named: NamedKey = () => null,
): { watch: WitnessWatch; now: () => WitnessView } {
  let view = NO_WITNESS_VIEW;
  const key = parseVerifierKey(GOLDEN.vkey);
  const watch = new WitnessWatch(key, new Served(files), pin, named, (next) => (view = next), 0);
  return { watch, now: () => view };
}

test("a quorum is found under the published head and in the list of all signatures, with its time", async () => {
  const files: Record<string, string | undefined> = {
    policy: GOLDEN.policy,
    checkpoint: GOLDEN.head + line("101"),
    "cosignatures/11": line("101") + line("102"),
  };
  const { watch, now } = watching(files);
  await watch.refresh();
  const { status } = now();
  assert.ok(status.kind === "checked");
  assert.deepEqual(status.tally[0], { group: "flats", signed: 2, members: 4, needed: 3 });
  assert.equal(now().quorum, null);
  files["cosignatures/11"] = ["103", "102", "outsider"].map(line).join("");
  await watch.refresh();
  assert.deepEqual(now().quorum, { size: 11, ms: (GOLDEN.time + 4) * 1000 });
});

test("no policy is no witnesses, an unreachable or unreadable one is told, and each heals", async () => {
  const files: Record<string, string | undefined> = { checkpoint: GOLDEN.head };
  const { watch, now } = watching(files);
  const kind = async (): Promise<string> => {
    await watch.refresh();
    return now().status.kind;
  };
  assert.equal(await kind(), "none");
  assert.equal(watch.policy, "none");
  files["down"] = "yes";
  assert.equal(await kind(), "unreachable");
  files["down"] = undefined;
  files["policy"] = "quorum nobody\n";
  assert.equal(await kind(), "failed");
  files["policy"] = GOLDEN.policy;
  assert.equal(await kind(), "checked");
  files["checkpoint"] = GOLDEN.head.replace("\n11\n", "\n12\n");
  assert.equal(await kind(), "failed");
  files["checkpoint"] = undefined;
  assert.equal(await kind(), "waiting");
});

test("the first policy that asks for anybody is pinned, and another one counts only once it was taken over", async () => {
  const [pin, files] = [
    new Kept(),
    { policy: "quorum none\n", checkpoint: GOLDEN.head + line("101") } as Record<string, string>,
  ];
  await watching(files, pin).watch.refresh();
  assert.equal(pin.text, null);
  files["policy"] = GOLDEN.policy;
  await watching(files, pin).watch.refresh();
  assert.equal(pin.text, GOLDEN.policy);
  // A visit later 104 is gone, 103 has another key, 105 has come, and fewer have to sign.
  const key = (name: string): string =>
    GOLDEN.policy
      .split("\n")
      .find((at) => at.startsWith(`witness ${name} `))
      ?.split(" ")[2] ?? "";
  const served = [
    GOLDEN.policy.split("\n")[0],
    `witness 101 ${key("101")}`,
    `witness 102 ${key("102")}`,
    `witness 103 ${key("outsider")}`,
    `witness 105 ${key("104")}`,
    "group flats 1 101 102 103 105",
    "quorum flats",
    "",
  ].join("\n");
  files["policy"] = served;
  const of105 = Policy.parse(raw(served)).witnesses.find(({ name }) => name === "105")?.key.publicKey ?? null;
  const { watch, now } = watching(files, pin, (name) => (name === "105" ? of105 : null));
  await watch.refresh();
  assert.deepEqual(watch.policy, policy);
  assert.ok(watch.policyChanged);
  const { status, change } = now();
  assert.ok(status.kind === "checked" && !status.met && change !== null);
  assert.deepEqual(change, {
    pinned: policyFingerprint(GOLDEN.policy),
    served: policyFingerprint(served),
    added: ["105"],
    removed: ["104", "outsider"],
    rekeyed: ["103"],
    unnamed: ["103"],
    dropped: false,
  });
  assert.match(change.pinned, /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  assert.notEqual(change.pinned, change.served);
  await watch.acceptPolicy();
  assert.equal(pin.text, served);
  assert.equal(now().change, null);
  assert.ok(now().status.kind === "checked" && now().quorum?.size === 11);
});

test("a policy that is gone, or asks for nobody any more, is a change like others", async () => {
  for (const served of [undefined, "quorum none\n"]) {
    const { watch, now } = watching({ policy: served, checkpoint: GOLDEN.head }, new Kept(GOLDEN.policy));
    await watch.refresh();
    assert.deepEqual([now().status.kind, now().change?.dropped, now().change?.removed.length], ["checked", true, 5]);
  }
});

test("a pin that is not readable any more is made anew", async () => {
  const pin = new Kept("quorum nobody\n");
  await watching({ policy: GOLDEN.policy, checkpoint: GOLDEN.head }, pin).watch.refresh();
  assert.equal(pin.text, GOLDEN.policy);
});

test("what was verified here goes before what the coordinator tells, and only it is called so", () => {
  const told = { cosigners: 8, witnesses: 12, needed: 9, quorum_size: 420, quorum_ms: 1000 };
  const fresh = { size: 431, ageMs: 1000 };
  const unknown = standingOf(NO_WITNESS_VIEW, told, fresh, 2000);
  assert.deepEqual(unknown.flats, { signed: 8, members: 12, needed: 9 });
  assert.deepEqual(unknown.quorum, { size: 420, ms: 1000, verifiedHere: false });
  assert.deepEqual([unknown.verifiedHere, unknown.warning], [false, null]);
  const tally = [
    { group: "flats", signed: 9, members: 12, needed: 9 },
    { group: "outside", signed: 1, members: 1, needed: 1 },
  ];
  const status = { kind: "checked", size: 431, met: true, tally, wrong: [], unread: [] } as const;
  const here = standingOf({ status, quorum: { size: 431, ms: 1500 }, change: null }, told, fresh, 2000);
  assert.equal(here.flats?.signed, 9);
  assert.deepEqual(
    here.others.map(({ group }) => group),
    ["outside"],
  );
  assert.deepEqual(here.quorum, { size: 431, ms: 1500, verifiedHere: true });
});

test("a head that waits is warned of after a minute, and more so when the last quorum is ten minutes old", () => {
  const told = { cosigners: 1, witnesses: 12, needed: 9, quorum_size: 420, quorum_ms: 0 };
  const warning = (size: number | null, ageMs: number | null, now: number): string | null =>
    standingOf(NO_WITNESS_VIEW, told, { size, ageMs }, now).warning;
  assert.equal(warning(431, WAIT_MS, OLD_MS), null);
  assert.equal(warning(431, WAIT_MS + 1, OLD_MS), "waits");
  assert.equal(warning(431, WAIT_MS + 1, OLD_MS + 1), "old");
  assert.equal(warning(420, OLD_MS * 3, OLD_MS * 3), null);
  assert.equal(warning(431, null, OLD_MS * 3), null);
  assert.equal(warning(null, null, OLD_MS * 3), null);
  const nobody = { cosigners: 0, witnesses: 0, needed: 0, quorum_size: null, quorum_ms: null };
  assert.equal(standingOf(NO_WITNESS_VIEW, nobody, { size: 9, ageMs: OLD_MS }, OLD_MS).warning, null);
  assert.equal(
    standingOf(NO_WITNESS_VIEW, { ...told, quorum_size: null }, { size: 9, ageMs: OLD_MS }, 0).warning,
    "waits",
  );
});
