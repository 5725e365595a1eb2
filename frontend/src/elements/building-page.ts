/** The live page of a building: the frame around its parts. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { fetchProven } from "../api/client";
import type { State } from "../api/messages";
import { choice, Localised } from "../i18n/language";
import { marketSources, walletSource } from "../market/sources";
import { BuildingStore, EMPTY, type Snapshot } from "../store";
import type { ProofCheck } from "./proof-check";
import { shared } from "./styles";

import "./alarm-list";
import "./blackout-panel";
import "./building-now";
import "./connection-state";
import "./flow-picture";
import "./log-panel";
import "./market-panel";
import "./proof-check";
import "./record-table";
import "./slot-chart";
import "./wallet-view";

class BuildingPage extends LitElement {
  static override readonly properties = { snapshot: { state: true }, clock: { state: true } };

  static override readonly styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 16px;
        max-width: 1360px;
        margin: 0 auto;
        padding: 14px 20px 48px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 48px;
      }
      h1 {
        margin: 0;
        font-size: 21px;
        font-weight: 680;
        line-height: 1.3;
      }
      .product {
        color: var(--quiet);
        font-size: 12px;
        letter-spacing: 0.06em;
      }
      .right {
        margin-left: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 392px);
        gap: 16px;
        align-items: start;
      }
      .side,
      .wide {
        display: grid;
        /* What is wider than its column scrolls in itself, and lies over nothing. */
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        min-width: 0;
      }
      .notice {
        background: var(--warn-soft);
        color: var(--text);
        border-radius: 10px;
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 980px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
        .side,
        .wide {
          display: contents;
        }
        building-now {
          order: -1;
        }
        wallet-view {
          order: -1;
        }
        market-panel {
          order: 1;
        }
        blackout-panel {
          order: 1;
        }
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
        }
        proof-check {
          order: 3;
        }
      }
      @media (max-width: 620px) {
        :host {
          padding: 8px 12px 32px;
          gap: 12px;
        }
        main {
          gap: 12px;
        }
        h1 {
          font-size: 18px;
        }
      }
    `,
  ];

  declare snapshot: Snapshot;
  /** `performance.now()` of the last second: ages grow without messages. */
  declare clock: number;

  private readonly words = new Localised(this);
  private store: BuildingStore | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.snapshot = EMPTY;
    this.clock = performance.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.lang = choice.language;
    this.store = new BuildingStore((snapshot) => {
      this.snapshot = snapshot;
      this.clock = performance.now();
    });
    this.store.start();
    this.timer = setInterval(() => {
      this.clock = performance.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store?.stop();
    clearInterval(this.timer);
  }

  override updated(): void {
    const name = this.snapshot.building?.name;
    document.title = name === undefined ? "Local VPP" : this.words.t.title(name);
  }

  private readonly known = (): ReturnType<BuildingStore["known"]> => this.store?.known() ?? Promise.resolve(null);

  private readonly ask = (path: string, body: unknown): Promise<void> =>
    this.store?.ask(path, body) ?? Promise.resolve();

  private readonly market = marketSources(this.known);

  private verify(index: number): void {
    const fetched = fetchProven(index);
    const element = this.renderRoot.querySelector<ProofCheck>("proof-check");
    void element?.checkFetched(index, fetched);
  }

  /** Why no record is taken, and what to do where that is not just a start. */
  private held(state: State | null): TemplateResult | typeof nothing {
    const { t } = this.words;
    const log = state?.log ?? null;
    if (log === null || log.held === null) return nothing;
    if (!(log.objections ?? []).some(({ kind }) => kind === "ahead")) {
      return html`<p class="notice" role="status" data-kind="held">${t.connection.held}</p>`;
    }
    return html`<p class="notice" role="alert" data-kind="held">
      ${t.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`;
  }

  override render(): TemplateResult {
    const { t } = this.words;
    const { building, state, stateAt, records, slots, connection, log, headMs, unreadable } = this.snapshot;
    const { witnesses, witnessed, mirrors, reader, market } = this.snapshot;
    // The coordinator's clock, carried on by this browser's own: the ages do not depend on the two agreeing.
    const serverNow = state === null ? null : state.time_ms + (this.clock - stateAt);
    const names = new Map(state?.flats.flatMap(({ device, flat }) => (device === null ? [] : [[device, flat]])) ?? []);
    const restricted = connection.kind === "restricted";
    const resident = reader?.role === "resident" ? reader.flat : null;
    const marketPanel = html`<market-panel
      .slots=${market}
      .settledSlots=${slots}
      .reader=${reader}
      .sources=${this.market}
      .now=${serverNow ?? Date.now()}
      @verify-record=${(event: CustomEvent<number>) => this.verify(event.detail)}
    ></market-panel>`;
    return html`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${building?.name ?? t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${connection} .clock=${this.clock} .resident=${resident}></connection-state>
          <button
            class="language"
            lang=${choice.language === "ja" ? "en" : "ja"}
            aria-label=${t.languageLabel}
            @click=${() => choice.change(choice.language === "ja" ? "en" : "ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${
        restricted
          ? html`<p class="notice" data-kind="restricted">
              ${resident === null ? t.connection.restrictedHelp : t.connection.residentHelp(t.picture.flat(resident))}
            </p>`
          : nothing
      }
      ${
        unreadable === null
          ? nothing
          : html`<p class="notice" role="alert">${t.connection.unreadable(unreadable.event, unreadable.problem)}</p>`
      }
      ${this.held(state)}
      <alarm-list
        .conflicts=${state?.conflicts ?? []}
        .objections=${witnessed?.objections ?? []}
        .nextKeyHere=${state?.next_key_here ?? false}
        .now=${serverNow ?? Date.now()}
        .names=${names}
      ></alarm-list>
      <main>
        <div class="wide">
          ${
            restricted
              ? marketPanel
              : html`
                  <flow-picture
                    .state=${state}
                    .wallet=${walletSource}
                    @verify-record=${(event: CustomEvent<number>) => this.verify(event.detail)}
                    .slots=${slots}
                    .stale=${connection.kind !== "live"}
                    .silentMs=${this.clock - stateAt}
                  ></flow-picture>
                  ${marketPanel}
                  <blackout-panel
                    .blackout=${state?.blackout ?? null}
                    .flats=${state?.flats ?? []}
                    .now=${serverNow ?? Date.now()}
                    .ask=${this.ask}
                  ></blackout-panel>
                  <record-table
                    .records=${records}
                    .serverNow=${serverNow}
                    .log=${log}
                    @verify-record=${(event: CustomEvent<number>) => this.verify(event.detail)}
                    .holds=${(record: Parameters<BuildingStore["holds"]>[0]) => this.store?.holds(record) ?? null}
                  ></record-table>
                `
          }
          <proof-check .known=${this.known} .names=${names}></proof-check>
        </div>
        <div class="side">
          ${
            restricted
              ? resident === null
                ? nothing
                : html`<wallet-view
                    .flat=${resident}
                    .source=${walletSource}
                    @verify-record=${(event: CustomEvent<number>) => this.verify(event.detail)}
                  ></wallet-view>`
              : html`
                  <building-now
                    .state=${state}
                    .slotSeconds=${building?.slot_seconds ?? null}
                    .serverNow=${serverNow}
                  ></building-now>
                  <slot-chart .slots=${slots} .serverNow=${serverNow}></slot-chart>
                `
          }
          <log-panel
            .log=${log}
            .fingerprint=${building?.fingerprint ?? null}
            .ageMs=${headMs === null || serverNow === null ? null : serverNow - headMs}
            .witnesses=${witnesses}
            .witnessed=${witnessed}
            .mirrors=${mirrors}
            .now=${serverNow ?? Date.now()}
            .names=${names}
            @verify-all=${() => this.store?.verifyAll()}
            @forget-log=${() => this.store?.forgetLog()}
            @accept-policy=${() => this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `;
  }
}

customElements.define("building-page", BuildingPage);
