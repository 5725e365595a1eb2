import assert from "node:assert/strict";
import { test } from "node:test";

import { LogError, NoSuchFileError } from "../src/log/errors";
import { bundlePath, parseBundle, readBundle, readTile, spans, tilePath } from "../src/log/tiles";
import { MemoryFiles } from "./golden";

test("paths are those of the specification", () => {
  assert.equal(tilePath(0, { index: 0, width: 256 }), "tile/0/000");
  assert.equal(tilePath(1, { index: 1234067, width: 256 }), "tile/1/x001/x234/067");
  assert.equal(bundlePath({ index: 273, width: 112 }), "tile/entries/273.p/112");
  assert.equal(bundlePath({ index: 1000, width: 1 }), "tile/entries/x001/000.p/1");
});

test("the spans of a log end in a partial one", () => {
  assert.deepEqual([...spans(0, 0)], []);
  assert.deepEqual([...spans(0, 256)], [{ index: 0, width: 256 }]);
  assert.deepEqual(
    [...spans(256, 515)],
    [
      { index: 1, width: 256 },
      { index: 2, width: 3 },
    ],
  );
});

test("a bundle that is cut anywhere, or goes on, is refused", () => {
  const whole = Uint8Array.of(0, 2, 7, 8, 0, 0, 0, 1, 9);
  assert.deepEqual(parseBundle(whole, 3, "b"), [Uint8Array.of(7, 8), new Uint8Array(), Uint8Array.of(9)]);
  for (let end = 0; end < whole.length; end += 1) {
    assert.throws(() => parseBundle(whole.slice(0, end), 3, "b"), LogError, `cut at ${end}`);
  }
  assert.throws(() => parseBundle(whole, 2, "b"), /3 bytes after its entries/);
  assert.throws(() => parseBundle(whole, 4, "b"), /ends inside its entry 3/);
});

test("where a partial file was deleted the full one is read, and where none is there the log is at fault", async () => {
  const files = new MemoryFiles();
  files.remove("tile/entries/000.p/255");
  files.remove("tile/0/000.p/255");
  const span = { index: 0, width: 255 };
  assert.equal((await readBundle(files, span)).length, 255);
  assert.equal((await readTile(files, 0, span)).length, 255);
  files.remove("tile/entries/000");
  await assert.rejects(readBundle(files, span), (error) => error instanceof LogError && error.code === "missing");
  await assert.rejects(files.read("tile/entries/000"), NoSuchFileError);
});
