/** One flat, or the common parts, as a tile of the picture. Templates only: the picture is one SVG. */

import { nothing, svg, type SVGTemplateResult } from "lit";

import type { Flat } from "../api/messages";
import type { Tile, TileSize } from "../flow/layout";
import type { Format } from "../i18n/format";
import type { Messages } from "../i18n/ja";

export interface TileWords {
  readonly t: Messages;
  readonly f: Format;
}

/** What a screen reader is told of a flat. */
export function describe(flat: Flat, { t, f }: TileWords): string {
  const parts = [t.picture.flat(flat.flat)];
  if (!flat.online) parts.push(t.picture.offline);
  if (flat.islanded === true) parts.push(t.flat.islanded);
  parts.push(
    flat.grid_w === null ? `${t.flat.grid} ${t.unknown}` : `${directionWord(flat.grid_w, t)} ${f.power(flat.grid_w)}`,
  );
  if (flat.pv_w !== null) parts.push(`${t.flat.pv} ${f.power(flat.pv_w)}`);
  if (flat.battery_w !== null)
    parts.push(`${t.flat.battery} ${batteryWord(flat.battery_w, t)} ${f.power(flat.battery_w)}`);
  if (flat.soc !== null) parts.push(`${t.flat.soc} ${f.percent(flat.soc)}`);
  return parts.join(", ");
}

export function directionWord(watt: number, t: Messages): string {
  return watt > 0 ? t.picture.buying : watt < 0 ? t.picture.selling : t.picture.idle;
}

/** Positive is discharging. */
export function batteryWord(watt: number, t: Messages): string {
  return watt > 0 ? t.now.discharging : watt < 0 ? t.now.charging : "";
}

export function flatTile(tile: Tile, flat: Flat, size: TileSize, words: TileWords): SVGTemplateResult {
  const { x, y, width, height } = tile;
  const draw = { large: largeTile, medium: mediumTile, small: smallTile }[size];
  const [markX, markY, radius] = size === "small" ? [x + width - 5.5, y + 6.5, 3] : [x + width - 12, y + 14, 4];
  return svg`
    <title>${describe(flat, words)}</title>
    <rect class="tile" x=${x} y=${y} width=${width} height=${height} rx=${size === "small" ? 7 : 9} />
    ${draw(tile, flat, words)} ${statusMark(flat, markX, markY, radius)}
  `;
}

function largeTile({ x, y, width }: Tile, flat: Flat, { t, f }: TileWords): SVGTemplateResult {
  const left = x + 9;
  const row = y + 56;
  return svg`
    <text class="name" x=${left} y=${y + 18}>${flat.flat}</text>
    ${flat.islanded === true ? svg`<text class="island" x=${x + width - 22} y=${y + 18}>${t.picture.islanded}</text>` : nothing}
    ${arrow(flat.grid_w, left + 4, y + 33)}
    <text class="watt" x=${left + 13} y=${y + 38}>${f.power(flat.grid_w)}</text>
    ${sun(left + 5, row - 4, flat.pv_w)}
    <text class="small" x=${left + 14} y=${row}>${f.power(flat.pv_w)}</text>
    ${batteryGlyph(left, row + 7, flat.soc)}
    <text class="small" x=${left + 14} y=${row + 16}>${f.percent(flat.soc)}</text>
    <text class="small end ${flat.battery_w === null ? "" : "battery"}" x=${x + width - 9} y=${row + 16}>${batteryText(flat.battery_w, f)}</text>
  `;
}

function mediumTile({ x, y, width, height }: Tile, flat: Flat, { f }: TileWords): SVGTemplateResult {
  const left = x + 8;
  return svg`
    <text class="name" x=${left} y=${y + 17}>${flat.flat}</text>
    ${arrow(flat.grid_w, left + 4, y + 28)}
    <text class="watt" x=${left + 12} y=${y + 33}>${f.power(flat.grid_w)}</text>
    ${sun(left + 5, y + 43, flat.pv_w)}
    <text class="small" x=${left + 13} y=${y + 47}>${f.power(flat.pv_w)}</text>
    ${chargeBar(left, y + height - 7, width - 16, flat.soc)}
  `;
}

function smallTile({ x, y, width, height }: Tile, flat: Flat, { f }: TileWords): SVGTemplateResult {
  return svg`
    <text class="name" x=${x + 5} y=${y + 14}>${flat.flat}</text>
    <text class="watt middle ${directionClass(flat.grid_w)}" x=${x + width / 2} y=${y + 29}>
      ${f.shortPower(flat.grid_w)}
    </text>
    ${chargeBar(x + 6, y + height - 8, width - 12, flat.soc)}
  `;
}

/** A small ring that is full while the flat is heard. */
function statusMark(flat: Flat, cx: number, cy: number, radius: number): SVGTemplateResult {
  const kind = flat.islanded === true ? "island" : flat.online ? "online" : "offline";
  return svg`<circle class="mark ${kind}" cx=${cx} cy=${cy} r=${radius} />
    ${kind === "offline" ? svg`<path class="mark offline" d="M${cx - radius - 1} ${cy + radius + 1}l${2 * radius + 2} ${-2 * radius - 2}" />` : nothing}`;
}

/** Down into the flat, or up out of it. */
function arrow(watt: number | null, cx: number, cy: number): SVGTemplateResult | typeof nothing {
  if (watt === null || watt === 0) return nothing;
  const shape = watt > 0 ? `M${cx - 4.5} ${cy - 4}h9l-4.5 8z` : `M${cx - 4.5} ${cy + 4}h9l-4.5 -8z`;
  return svg`<path class="arrow ${directionClass(watt)}" d=${shape} />`;
}

function sun(cx: number, cy: number, watt: number | null): SVGTemplateResult {
  const kind = watt === null ? "unknown" : "";
  const rays = Array.from({ length: 8 }, (_, at) => {
    const [dx, dy] = [Math.cos((at * Math.PI) / 4), Math.sin((at * Math.PI) / 4)];
    const points = [3.6, 5.4].map((r) => `${(cx + dx * r).toFixed(2)} ${(cy + dy * r).toFixed(2)}`);
    return `M${points.join("L")}`;
  });
  return svg`<circle class="sun ${kind}" cx=${cx} cy=${cy} r="2.4" /><path class="rays ${kind}" d=${rays.join("")} />`;
}

function batteryGlyph(x: number, y: number, soc: number | null): SVGTemplateResult {
  const full = soc === null ? 0 : Math.max(0, Math.min(1, soc / 100)) * 7;
  return svg`
    <rect class="cell" x=${x + 1.5} y=${y} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${x + 3} y=${y + 1.75 + (7 - full)} width="4" height=${full} />
  `;
}

function batteryText(watt: number | null, f: Format): string {
  if (watt === null || watt === 0) return f.power(watt);
  return `${watt > 0 ? "−" : "+"}${f.power(watt)}`;
}

/** The charge of the battery as a bar, where there is no room for its figure. Nothing when it is not known. */
function chargeBar(x: number, y: number, width: number, soc: number | null): SVGTemplateResult | typeof nothing {
  if (soc === null) return nothing;
  const full = Math.max(0, Math.min(1, soc / 100)) * width;
  return svg`<rect class="track" x=${x} y=${y} width=${width} height="3.5" rx="1.7" />
    <rect class="charge" x=${x} y=${y} width=${full.toFixed(1)} height="3.5" rx="1.7" />`;
}

export function directionClass(watt: number | null): string {
  if (watt === null) return "unknown";
  return watt > 0 ? "take" : watt < 0 ? "give" : "none";
}
