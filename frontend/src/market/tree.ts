/** The building's lines as a tree of numbered nodes, and what flows over them. Nodes stand level by level, the root first. */

import { DocumentError } from "./errors";

/** What stands for a line without a limit: more than all orders of a slot may have together. */
const UNLIMITED = 100_000_000_000;

export interface Line {
  readonly id: string;
  readonly parent: string | null;
  readonly import_limit_wh: number | null;
  readonly export_limit_wh: number | null;
}

export interface Node {
  readonly name: string;
  readonly parent: number;
  readonly depth: number;
  /** What still may flow down into, and up out of, its part of the tree. */
  readonly imports: number;
  readonly exports: number;
}

export type Tree = readonly Node[];

export function onePlace(): Tree {
  return [{ name: "building", parent: 0, depth: 0, imports: UNLIMITED, exports: UNLIMITED }];
}

/** A place with another behind it that gives energy and takes none: where green energy is sold. */
export function behindAGate(): Tree {
  return [...onePlace(), { name: "green", parent: 0, depth: 1, imports: 0, exports: UNLIMITED }];
}

/** Without a limit below the root lines decide nothing. */
export function limits(lines: readonly Line[]): boolean {
  return lines.some((line) => line.parent !== null && (line.import_limit_wh ?? line.export_limit_wh) !== null);
}

export function treeOf(lines: readonly Line[]): Tree {
  const tree: Node[] = [];
  const places = new Map<string, number>();
  let level = lines.filter(({ parent }) => parent === null);
  for (let depth = 0; level.length > 0; depth += 1) {
    for (const line of level) {
      places.set(line.id, tree.length);
      tree.push({
        name: line.id,
        parent: places.get(line.parent ?? "") ?? 0,
        depth,
        imports: line.import_limit_wh ?? UNLIMITED,
        exports: line.export_limit_wh ?? UNLIMITED,
      });
    }
    level = level.flatMap(({ id }) => lines.filter(({ parent }) => parent === id));
  }
  if (places.size !== lines.length || tree.length !== lines.length) throw new DocumentError("the lines are no tree");
  return tree;
}

export function placeOf(tree: Tree, name: string | null): number {
  const place = tree.findIndex((node) => node.name === name);
  if (place < 0) throw new DocumentError(`${name ?? "no node"} is none of the lines`);
  return place;
}

/** What leaves each node's part of the tree, of what its nodes sell less what they buy. */
export function flowsOf(tree: Tree, own: readonly number[]): readonly number[] {
  const flows = [...own];
  for (let node = tree.length - 1; node > 0; node -= 1) add(flows, tree[node]?.parent ?? 0, flows[node] ?? 0);
  return flows;
}

/** The tree with what its lines can carry beside what they carry already. */
export function loaded(tree: Tree, flows: readonly number[]): Tree {
  return tree.map((node, at) => ({
    ...node,
    imports: node.imports + (flows[at] ?? 0),
    exports: node.exports - (flows[at] ?? 0),
  }));
}

/** Whether a node's line imports, and exports, as much as it can; the root has none. */
export function isFull(
  tree: Tree,
  flows: readonly number[],
  at: number,
): readonly [imports: boolean, exports: boolean] {
  const [node, flow] = [tree[at], flows[at]];
  return at === 0 || node === undefined ? [false, false] : [flow === -node.imports, flow === node.exports];
}

/** The node at which two ways up the tree meet. */
export function meetingOf(tree: Tree, one: number, other: number): number {
  let [a, b] = [one, other];
  while (a !== b) {
    const [left, right] = [tree[a], tree[b]];
    if (left === undefined || right === undefined) throw new Error("a node has no number beyond the tree");
    if (left.depth >= right.depth) a = left.parent;
    else b = right.parent;
  }
  return a;
}

/** The nodes on the way from one up to where it meets another, that one left out. */
export function wayUp(tree: Tree, from: number, to: number): readonly number[] {
  const way: number[] = [];
  for (let at = from; at !== to; at = tree[at]?.parent ?? to) way.push(at);
  return way;
}

export function add(sums: number[], at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value;
}
