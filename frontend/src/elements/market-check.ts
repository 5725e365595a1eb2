/** The check of a round's result: what this browser has computed itself, or what the coordinator says where it cannot. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { DecodeError } from "../api/decode";
import type { Round } from "../api/market";
import { Localised } from "../i18n/language";
import { NoSuchFileError, UnreachableError } from "../log/errors";
import { STEPS, type Found, type Step } from "../market/check";
import { examine, isRight, type Examined, type Sources } from "../market/examine";
import { shared } from "./styles";

type Outcome = "passed" | "failed" | "open";

class MarketCheck extends LitElement {
  static override readonly properties = {
    slotBegin: { attribute: false },
    round: { attribute: false },
    sources: { attribute: false },
    examined: { state: true },
    unreachable: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .verdict {
        border-radius: 10px;
        padding: 9px 13px;
        margin: 0 0 8px;
        font-weight: 650;
      }
      .verdict.right {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.wrong {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .by {
        font-size: 13px;
        margin-bottom: 6px;
      }
      .by.server {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 7px 11px;
      }
      ul {
        list-style: none;
        margin: 0 0 8px;
        padding: 0;
        font-size: 13.5px;
      }
      .steps > li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 3px 0;
      }
      .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .found li {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .found {
        grid-column: 2;
        margin: 0;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      button {
        margin-top: 2px;
      }
    `,
  ];

  declare slotBegin: number;
  declare round: Round;
  declare sources: Sources;
  declare examined: Examined | null;
  declare unreachable: boolean;

  private readonly words = new Localised(this);
  /** Counts the checks: one that was overtaken shows nothing. */
  private turn = 0;
  private of = "";

  constructor() {
    super();
    this.examined = null;
    this.unreachable = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("round") && !changed.has("slotBegin")) return;
    const { number, book, result, book_index } = this.round;
    const of = [this.slotBegin, number, book, result, book_index].join();
    if (of === this.of) return;
    this.of = of;
    void this.check();
  }

  private async check(): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    this.examined = null;
    this.unreachable = false;
    try {
      const examined = await examine(this.slotBegin, this.round, this.sources);
      if (turn === this.turn) this.examined = examined;
    } catch (error) {
      const expected = [UnreachableError, ForbiddenError, NoSuchFileError, DecodeError];
      if (!expected.some((kind) => error instanceof kind)) throw error;
      if (turn === this.turn) this.unreachable = true;
    }
  }

  override render(): TemplateResult {
    const { t } = this.words;
    return html`<h4>${t.market.check.heading}</h4>
      <div role="status">
        ${
          this.unreachable
            ? html`<p class="quiet">${t.market.check.unreachable}</p>`
            : this.examined === null
              ? html`<p class="quiet">${t.market.check.checking}</p>`
              : this.result(this.examined)
        }
      </div>
      <button class="again" @click=${() => void this.check()}>${t.market.check.again}</button>`;
  }

  private result(examined: Examined): TemplateResult {
    const { t } = this.words;
    const { check } = t.market;
    const right = isRight(examined);
    const by = examined.uncovered === null ? "browser" : "server";
    return html`<p class="verdict ${right ? "right" : "wrong"}" data-right=${right} data-by=${by}>
        ${right ? `${check.right[by]} ✓` : `${check.wrong[by]} ✗`}
      </p>
      <p class="by ${by}">
        ${examined.uncovered === null ? check.byBrowser : `${check.uncovered[examined.uncovered]} ${check.byServer}`}
      </p>
      <ul class="steps">
        ${this.logged(examined)} ${examined.uncovered === "document" ? nothing : this.shown(examined)}
        ${examined.uncovered === null ? STEPS.map((step) => this.step(step, examined)) : this.served(examined)}
      </ul>`;
  }

  private logged({ logged }: Examined): TemplateResult {
    const { check } = this.words.t.market;
    const outcome: Outcome = logged === "named" ? "passed" : logged === "unknown" ? "open" : "failed";
    return this.line("log", outcome, check.steps.log, logged === "named" ? [] : [check.logged[logged]]);
  }

  private shown({ misshown }: Examined): TemplateResult {
    const { check } = this.words.t.market;
    const outcome = misshown.length === 0 ? "passed" : "failed";
    return this.line(
      "shown",
      outcome,
      check.steps.shown,
      misshown.map((id) => check.misshown(short(id))),
    );
  }

  private step(step: Step, { checked }: Examined): TemplateResult {
    const { check } = this.words.t.market;
    const found = checked?.found.filter((each) => each.step === step) ?? [];
    const open = checked?.open.includes(step) ?? true;
    return this.line(
      step,
      found.length > 0 ? "failed" : open ? "open" : "passed",
      check.steps[step],
      found.map((each) => this.say(each)),
    );
  }

  private served({ server }: Examined): TemplateResult {
    const { t, f } = this.words;
    const { check } = t.market;
    const found = server?.findings ?? [];
    const told = found.map(({ fault, subject, says, wh }) => {
      const about = wh === null ? "" : ` (${f.wattHours(wh)})`;
      return `${check.faults[fault] ?? fault}: ${shortened(subject)}: ${shortened(says)}${about}`;
    });
    if (server !== null && server.unchecked !== null) told.push(server.unchecked);
    return this.line("server", told.length === 0 ? "passed" : "failed", check.steps.server, told);
  }

  private say({ code, orders, node, wh, is, should }: Found): string {
    const { t, f } = this.words;
    const { check } = t.market;
    const [one, other, ...before] = orders.map(short);
    const told = check.found[code]({
      order: one ?? "",
      pair: [one, other].filter((each) => each !== undefined).join(" → "),
      other: other ?? "",
      before: before.join(" → "),
      node,
      energy: [is, should].map((each) => f.wattHours(each)) as [string, string],
      price: [is, should].map((each) => f.price(each)) as [string, string],
      money: [is, should].map((each) => f.exactMoney(each)) as [string, string],
    });
    return wh === null ? told : `${told}${check.about(f.wattHours(wh))}`;
  }

  private line(name: string, outcome: Outcome, what: string, found: readonly string[]): TemplateResult {
    const mark = { passed: "✓", failed: "✗", open: "–" }[outcome];
    return html`<li class=${outcome} data-step=${name} data-outcome=${outcome}>
      <span class="mark" role="img" aria-label=${this.words.t.proof.outcomes[outcome]}>${mark}</span>
      <span class="what">${what}</span>
      ${
        found.length === 0
          ? nothing
          : html`<ul class="found">
              ${found.map((each) => html`<li>${each}</li>`)}
            </ul>`
      }
    </li>`;
  }
}

/** How an order is called where there is little room: the first digits of its offer, and its number. */
export function short(id: string): string {
  const [offer = "", number = ""] = id.split("-");
  return `${offer.slice(0, 6)}-${number}`;
}

function shortened(says: string): string {
  return says.replace(/\b[0-9a-f]{32}-\d+/g, short);
}

customElements.define("market-check", MarketCheck);
