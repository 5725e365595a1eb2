import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { mock, test } from "node:test";

import { fetchFile, fetchJson, fetchProven, ServedLog } from "../src/api/client";
import { object, text } from "../src/api/decode";
import { NoSuchFileError, UnreachableError } from "../src/log/errors";

/** Runs something against a server of its own; addresses are relative to the page, which is the server's here. */
async function served(answer: RequestListener, run: () => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const fetched = globalThis.fetch;
  const relative = (path: string, init: RequestInit) => fetched(new URL(path, page), init);
  const mocked = mock.method(globalThis, "fetch", relative as typeof fetch);
  try {
    await run();
  } finally {
    mocked.mock.restore();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

/** Promises more than it sends, and hangs up once the half of it is on its way. */
const breaksOff: RequestListener = (_, response) => {
  response.writeHead(200, { "Content-Length": 8 });
  response.write('{"a"', () => response.socket?.end());
};

test("a connection that breaks within an answer has not reached the server, and says what was asked", async () => {
  const asked: readonly [string, () => Promise<unknown>][] = [
    ["api/v1/records/7", () => fetchFile("api/v1/records/7")],
    ["api/v1/records/8", () => fetchProven(8)],
    ["log/checkpoint", () => new ServedLog().read("checkpoint")],
    ["api/v1/reader", () => fetchJson("api/v1/reader", object({ a: text }))],
  ];
  await served(breaksOff, async () => {
    for (const [path, ask] of asked) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof UnreachableError, `${path}: ${String(error)}`);
        assert.ok(error.message.startsWith(path), error.message);
        return true;
      });
    }
  });
});

test("what comes whole is read, and a file that is not there is told from one that could not be had", async () => {
  const whole: RequestListener = ({ url }, response) => {
    if (url === "/log/none") response.writeHead(404).end();
    else response.writeHead(url === "/log/broken" ? 500 : 200).end("abc");
  };
  await served(whole, async () => {
    assert.deepEqual(await new ServedLog().read("checkpoint"), new TextEncoder().encode("abc"));
    await assert.rejects(new ServedLog().read("none"), NoSuchFileError);
    await assert.rejects(new ServedLog().read("broken"), new UnreachableError("log/broken: HTTP 500"));
  });
});
