/** The building's market: the last slots with what came of them, and the chosen one in full. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { DecodeError } from "../api/decode";
import type { MarketRounds, MarketSlot, Reader } from "../api/market";
import type { Slot, SlotTransfers } from "../api/messages";
import { Localised } from "../i18n/language";
import { UnreachableError } from "../log/errors";
import { together } from "../market/left";
import type { MarketSources } from "../market/sources";
import { shared } from "./styles";

import "./market-round";
import "./market-rounds";

class MarketPanel extends LitElement {
  static override readonly properties = {
    slots: { attribute: false },
    settledSlots: { attribute: false },
    reader: { attribute: false },
    sources: { attribute: false },
    now: { attribute: false },
    chosen: { state: true },
    number: { state: true },
    rounds: { state: true },
    settled: { state: true },
    unreachable: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      .panel {
        display: grid;
        grid-template-columns: minmax(190px, 250px) minmax(0, 1fr);
        gap: 18px;
        margin-top: 10px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 2px;
        max-height: 640px;
        overflow-y: auto;
      }
      ol button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 8px;
        width: 100%;
        text-align: start;
        color: var(--text);
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        padding: 6px 8px;
      }
      ol button[aria-current] {
        background: var(--sunken);
        box-shadow: inset 3px 0 0 var(--accent);
      }
      .outcome {
        font-size: 12px;
        border-radius: 6px;
        padding: 0 7px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .outcome.traded {
        background: var(--give-soft);
        border-color: transparent;
      }
      .outcome.sharing_key {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .more {
        grid-column: 1 / -1;
        color: var(--quiet);
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0 0 8px;
        font-size: 14.5px;
        font-weight: 650;
      }
      @media (max-width: 760px) {
        .panel {
          grid-template-columns: minmax(0, 1fr);
        }
        ol {
          max-height: 210px;
        }
      }
    `,
  ];

  /** Newest first; null before they are known. */
  declare slots: readonly MarketSlot[] | null;
  /** The slots that are settled, as far as the page knows; null before it does. */
  declare settledSlots: readonly Slot[] | null;
  declare reader: Reader | null;
  declare sources: MarketSources;
  declare now: number;
  /** The slot whose rounds are shown; null for the newest that has ended. */
  declare chosen: number | null;
  declare number: number | null;
  declare rounds: MarketRounds | null;
  declare settled: SlotTransfers | null;
  declare unreachable: boolean;

  private readonly words = new Localised(this);
  private loaded = "";

  constructor() {
    super();
    this.chosen = null;
    this.number = null;
    this.rounds = null;
    this.settled = null;
    this.unreachable = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("slots") || changed.has("settledSlots") || changed.has("chosen")) this.load();
  }

  private get shown(): MarketSlot | undefined {
    const slots = this.slots ?? [];
    return slots.find(({ slot }) => slot === this.chosen) ?? slots.find(({ outcome }) => outcome !== null) ?? slots[0];
  }

  /** Loads the shown slot anew when the list says that it stands otherwise than what is shown. */
  private load(): void {
    const slot = this.shown;
    if (slot === undefined) return;
    const settled =
      this.reader?.role === "manager" && (this.settledSlots ?? []).some((each) => each.slot === slot.slot);
    const as = JSON.stringify([slot, settled]);
    if (as === this.loaded) return;
    if (this.rounds?.slot !== slot.slot) {
      this.rounds = null;
      this.settled = null;
      this.number = null;
    }
    this.loaded = as;
    void this.fetch(slot.slot, settled);
  }

  private async fetch(slot: number, isSettled: boolean): Promise<void> {
    try {
      const [rounds, settled] = await Promise.all([
        this.sources.rounds(slot),
        isSettled ? this.sources.settled(slot) : null,
      ]);
      if (this.shown?.slot !== slot) return;
      this.rounds = rounds;
      this.settled = settled;
      this.unreachable = false;
    } catch (error) {
      const expected = [UnreachableError, ForbiddenError, DecodeError];
      if (!expected.some((kind) => error instanceof kind)) throw error;
      this.loaded = "";
      this.unreachable = true;
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { t } = this.words;
    // A building without a market has none of this.
    if (this.slots === null || this.slots.length === 0) return nothing;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.market.heading}</h2>
      <p class="quiet">${this.reader?.role === "manager" ? t.market.explanation : t.market.explanationResident}</p>
      <div class="panel">
        <nav aria-label=${t.market.slots}>
          <ol>
            ${this.slots.map((slot) => html`<li>${this.entry(slot)}</li>`)}
          </ol>
        </nav>
        <div class="one">${this.one()}</div>
      </div>
    </section>`;
  }

  private entry(slot: MarketSlot): TemplateResult {
    const { t, f } = this.words;
    const last = slot.rounds.at(-1);
    const traded = slot.rounds.filter(({ outcome }) => outcome === "traded");
    const energy = together(slot.rounds);
    const price = traded.length === 1 ? (traded[0]?.clearing_price ?? null) : null;
    const more =
      slot.outcome === "traded"
        ? [...(energy === null ? [] : [f.wattHours(energy)]), ...(price === null ? [] : [f.price(price)])].join(" · ")
        : slot.outcome === null
          ? (t.market.stages[last?.stage ?? ""] ?? "")
          : (t.market.whys[last?.why ?? ""] ?? last?.why ?? "");
    return html`<button
      data-slot=${slot.slot}
      aria-current=${slot === this.shown ? "true" : nothing}
      @click=${() => {
        this.chosen = slot.slot;
      }}
    >
      <span>${f.slot(slot.slot, last?.seconds ?? 0, this.now)}</span>
      <span class="outcome ${slot.outcome ?? ""}" data-outcome=${slot.outcome ?? "open"}
        >${t.market.outcomes[slot.outcome ?? "open"]}</span
      >
      <span class="more">${more}</span>
    </button>`;
  }

  private one(): TemplateResult {
    const { t, f } = this.words;
    const { rounds } = this;
    if (rounds === null) return html`<p class="quiet">${this.unreachable ? t.market.unreachable : t.loading}</p>`;
    const round =
      rounds.rounds.find(({ number }) => number === this.number) ??
      [...rounds.rounds].reverse().find(({ outcome }) => outcome === "traded") ??
      rounds.rounds.at(-1);
    if (round === undefined) return html`<p class="quiet">${t.market.noOrders}</p>`;
    return html`<h3>${t.market.slotOf(f.slot(rounds.slot, round.seconds, this.now))}</h3>
      ${
        rounds.rounds.length + rounds.to_come.length === 1
          ? nothing
          : html`<market-rounds
              .rounds=${rounds}
              .chosen=${round.number}
              .now=${this.now}
              @choose-round=${({ detail }: CustomEvent<number>) => {
                this.number = detail;
              }}
            ></market-rounds>`
      }
      <market-round
        .slotBegin=${rounds.slot}
        .round=${round}
        .own=${this.reader?.flat ?? null}
        .settled=${this.settled}
        .sources=${this.sources}
      ></market-round>`;
  }
}

customElements.define("market-panel", MarketPanel);
