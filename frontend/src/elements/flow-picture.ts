/** The building as a picture: who takes and who gives at this moment, along the lines that really join them. */

import { html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Flat, Slot, State } from "../api/messages";
import { pictureOf, strokeWidth, type Line, type Picture, type Tile, type TileSize } from "../flow/layout";
import { Localised } from "../i18n/language";
import { describe, directionClass, flatTile } from "./flat-tile";
import { flowStyles } from "./flow-styles";
import type { WalletSource } from "../market/sources";
import { shared } from "./styles";

import "./flat-detail";

/** Below this a line is drawn still: meters wander by some watts. */
const MOVING_FROM_W = 5;
/** The widest line stands for at least so much, so that a sleeping building does not look like a busy one. */
const LEAST_SCALE_W = 2000;

/** Nothing is drawn for less: the picture is then scaled down. */
const NARROWEST = 240;

class FlowPicture extends LitElement {
  static override readonly properties = {
    state: { attribute: false },
    slots: { attribute: false },
    stale: { type: Boolean, reflect: true },
    silentMs: { attribute: false },
    wallet: { attribute: false },
    width: { state: true },
    chosen: { state: true },
  };

  static override readonly styles = [shared, flowStyles];

  declare state: State | null;
  declare slots: readonly Slot[] | null;
  /** Whether the readings are from before a lost connection. */
  declare stale: boolean;
  /** How long no state has come. */
  declare silentMs: number;
  declare wallet: WalletSource;
  declare width: number;
  declare chosen: string | null;

  private readonly words = new Localised(this);
  private readonly observer = new ResizeObserver(([entry]) => {
    // Whole pixels: a width that trembles by a fraction must not draw everything anew.
    if (entry !== undefined) this.width = Math.floor(entry.contentRect.width);
  });

  constructor() {
    super();
    this.width = 0;
    this.chosen = null;
  }

  override firstUpdated(): void {
    const frame = this.renderRoot.querySelector(".frame");
    if (frame !== null) this.observer.observe(frame);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  override render(): TemplateResult {
    const { t } = this.words;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${
          this.state === null
            ? html`<p class="quiet">${t.loading}</p>`
            : this.width === 0
              ? nothing
              : this.picture(this.state, pictureOf(this.state, Math.max(this.width, NARROWEST)))
        }
      </div>
      ${this.state === null ? nothing : html`${this.legend()}${this.detail(this.state)}`}
    </section>`;
  }

  private picture(state: State, picture: Picture): TemplateResult {
    const { t } = this.words;
    const { width, height, lines, tiles, floors, groundY } = picture;
    const largest = Math.max(LEAST_SCALE_W, ...lines.map(({ power }) => Math.abs(power.known ?? 0)));
    return html`
      <svg
        class=${picture.size}
        viewBox="0 0 ${width} ${height}"
        width=${width}
        height=${height}
        role="group"
        aria-label=${t.picture.label(state.flats.length)}
      >
        <rect class="earth" x="0" y=${groundY} width=${width} height=${height - groundY} rx="10" />
        <g aria-hidden="true">
          ${repeat(
            lines,
            ({ key }) => key,
            (line) => drawLine(line, largest),
          )}
        </g>
        <g aria-hidden="true">
          ${floors.map(({ floor, x, y }) =>
            floor === null ? nothing : svg`<text class="floor" x=${x} y=${y + 4}>${t.picture.floor(floor)}</text>`,
          )}
        </g>
        <g role="list">
          ${repeat(
            tiles,
            ({ flat }) => flat?.flat ?? "",
            (tile) => this.tile(tile, picture.size, state),
          )}
        </g>
        ${this.bulk(picture, state)}
      </svg>
    `;
  }

  private tile(tile: Tile, size: TileSize, state: State): SVGTemplateResult {
    const { flat } = tile;
    if (flat === null) return this.commonTile(tile, size, state);
    const kind = flat.islanded === true ? "islanded" : flat.online ? "online" : "offline";
    return svg`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${kind} ${flat.flat === this.chosen ? "chosen" : ""}"
      data-flat=${flat.flat}
      data-kind=${kind}
      data-watt=${flat.grid_w ?? "unknown"}
      aria-label=${describe(flat, this.words)}
      aria-expanded=${flat.flat === this.chosen ? "true" : "false"}
      @click=${() => this.choose(flat)}
      @keydown=${(event: KeyboardEvent) => this.chooseByKey(event, flat)}
    >${flatTile(tile, flat, size, this.words)}</g></g>`;
  }

  private commonTile({ x, y, width, height }: Tile, size: TileSize, state: State): SVGTemplateResult {
    const { t, f } = this.words;
    const power = f.power(state.building.common_w);
    const left = x + (size === "small" ? 6 : 9);
    // Beside each other where there is room, else one above the other.
    const text = size === "large" ? [y + 22, x + width - 9, y + 22] : [y + 14, left, y + height - 5];
    return svg`<g role="listitem" aria-label="${t.picture.common} ${power}" class="common ${size === "large" && width < 124 ? "tight" : ""}">
      <rect class="tile" x=${x} y=${y} width=${width} height=${height} rx="9" />
      <text class="name" x=${left} y=${text[0]}>${t.picture.common}</text>
      <text class="watt ${size === "large" ? "end" : ""}" x=${text[1]} y=${text[2]}>${power}</text>
    </g>`;
  }

  private bulk({ meter, grid }: Picture, state: State): SVGTemplateResult {
    const { t, f } = this.words;
    const watt = state.building.bulk_w;
    const word = watt === null ? "" : watt > 0 ? t.now.importing : watt < 0 ? t.now.exporting : t.now.balanced;
    const pylon = `M${grid.x + 22} ${grid.y + 47}l7 -34l7 34M${grid.x + 20} ${grid.y + 20}h18M${grid.x + 22} ${grid.y + 28}h14M${grid.x + 25} ${grid.y + 33}l9 8M${grid.x + 33} ${grid.y + 33}l-9 8`;
    return svg`
      <g role="img" aria-label="${t.picture.meter} ${word} ${f.power(watt)}" class="node" data-node="meter">
        <rect class="tile" x=${meter.x} y=${meter.y} width=${meter.width} height=${meter.height} rx="10" />
        <text class="small" x=${meter.x + 12} y=${meter.y + 21}>${t.picture.meter}</text>
        <text class="watt ${directionClass(watt)}" x=${meter.x + 12} y=${meter.y + 45}>${f.power(watt)}</text>
      </g>
      <g role="img" aria-label=${t.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${grid.x} y=${grid.y} width=${grid.width} height=${grid.height} rx="10" />
        <path class="pylon" d=${pylon} />
        <text class="name" x=${grid.x + 50} y=${grid.y + 26}>${t.picture.grid}</text>
        <text class="small" x=${grid.x + 50} y=${grid.y + 44}>${f.frequency(state.building.frequency_hz)}</text>
      </g>
    `;
  }

  private legend(): TemplateResult {
    const { t } = this.words;
    return html`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale ? html`<li class="warn">${t.connection.stale}</li>` : html`<li>${t.picture.choose}</li>`}
    </ul>`;
  }

  private detail(state: State): TemplateResult | typeof nothing {
    const flat = state.flats.find((candidate) => candidate.flat === this.chosen);
    if (flat === undefined) return nothing;
    return html`<flat-detail
      .flat=${flat}
      .lastSlot=${this.slots?.[0] ?? null}
      .silentMs=${this.silentMs}
      .serverNow=${state.time_ms}
      .wallet=${this.wallet}
      @close=${() => this.choose(flat)}
    ></flat-detail>`;
  }

  private choose(flat: Flat): void {
    this.chosen = this.chosen === flat.flat ? null : flat.flat;
    if (this.chosen === null) return;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector("flat-detail")?.scrollIntoView({ block: "nearest" });
    });
  }

  private chooseByKey(event: KeyboardEvent, flat: Flat): void {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.choose(flat);
  }
}

/** A line and, over it, what moves along it: out from the grid's side for taking, back for giving. */
function drawLine({ x1, y1, x2, y2, power }: Line, largest: number): SVGTemplateResult {
  const watt = power.known;
  const width = watt === null ? 1.5 : strokeWidth(watt, largest);
  const kind = `${directionClass(watt)}${power.partial ? " partial" : ""}`;
  const path = `M${x1} ${y1}L${x2} ${y2}`;
  const moves = watt !== null && Math.abs(watt) >= MOVING_FROM_W;
  return svg`<path class="line ${kind}" d=${path} stroke-width=${width.toFixed(1)} />
    ${moves ? svg`<path class="flow ${kind}" d=${path} stroke-width=${Math.max(1.6, width * 0.5).toFixed(1)} />` : nothing}`;
}

customElements.define("flow-picture", FlowPicture);
