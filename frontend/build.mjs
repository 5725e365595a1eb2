/**
 * Builds the page, or with --tests builds and runs its unit tests.
 *
 *   node build.mjs [FOLDER]     default: where the coordinator serves it from
 *   node build.mjs --tests
 */

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const served = join(here, "../coordinator/web/static");
const argument = process.argv[2];

if (argument === "--tests") await runTests();
else await buildPage(argument ?? served);

async function buildPage(folder) {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(here, "src/page.ts")],
    outfile: join(folder, "page.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome100", "firefox100", "safari16"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  await cp(join(here, "public"), folder, { recursive: true });
  await writeFile(join(folder, "licences.txt"), await licences());
}

/** The notices that the licences of the bundled packages ask for. */
async function licences() {
  const packages = ["@lit/reactive-element", "@noble/curves", "@noble/hashes", "lit", "lit-element", "lit-html"];
  const texts = await Promise.all(
    packages.map(async (name) => {
      const folder = join(here, "node_modules", name);
      const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const text = await readFile(join(folder, "LICENSE"), "utf8");
      return `${name} ${version}\n\n${text.trim()}\n`;
    }),
  );
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

async function runTests() {
  const folder = await mkdtemp(join(tmpdir(), "page-tests-"));
  try {
    const tests = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
    await build({
      entryPoints: tests.map((name) => join(here, "test", name)),
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      sourcemap: "inline",
      logLevel: "warning",
    });
    const files = tests.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
    const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
    process.exitCode = run.status ?? 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}
