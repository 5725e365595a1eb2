/** Whether the building's log verifies: worked out in this browser, told in plain words. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { Localised } from "../i18n/language";
import type { Mirror, Witnessed } from "../api/messages";
import type { LogView } from "../log/watch";
import type { WitnessView } from "../log/witnesses";
import { shared } from "./styles";

import "./witness-panel";

class LogPanel extends LitElement {
  static override readonly properties = {
    log: { attribute: false },
    fingerprint: { attribute: false },
    ageMs: { attribute: false },
    witnesses: { attribute: false },
    witnessed: { attribute: false },
    mirrors: { attribute: false },
    now: { attribute: false },
    names: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      .state {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 10px 0 14px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .state strong {
        display: block;
        font-size: 16px;
        font-weight: 650;
        line-height: 1.4;
      }
      .verified {
        background: var(--good-soft);
        border-color: transparent;
      }
      .verified strong {
        color: var(--good);
      }
      .unreachable {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .failed {
        background: var(--bad-soft);
        border-color: var(--bad);
      }
      .failed strong {
        color: var(--bad);
      }
      .state p {
        font-size: 13.5px;
        margin-top: 4px;
      }
      details {
        margin-top: 8px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      .technical {
        overflow-wrap: anywhere;
        margin: 6px 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 14px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
      .before {
        color: var(--bad);
        font-size: 13px;
        margin-bottom: 10px;
      }
    `,
  ];

  declare log: LogView;
  declare fingerprint: string | null;
  /** How long ago the head was signed; null when that was not told. */
  declare ageMs: number | null;
  declare witnesses: WitnessView;
  declare witnessed: Witnessed | null;
  declare mirrors: readonly Mirror[] | null;
  /** By the coordinator's clock where it is known. */
  declare now: number;
  /** The flats' names by the pseudonyms of their devices. */
  declare names: ReadonlyMap<string, string>;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t, f } = this.words;
    const { status, head, failures, lastFailure } = this.log;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${status.kind}" data-kind=${status.kind} role="status">${this.status()}</div>
      ${
        failures > 0 && status.kind !== "failed" && lastFailure !== null
          ? html`<p class="before">${t.log.failedBefore(failures, f.time(lastFailure))}</p>`
          : nothing
      }
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${head?.origin ?? t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${head === null ? t.unknown : f.number(numberOf(head.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${head?.root ?? ""}>${head === null ? t.unknown : shorten(head.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${f.age(this.ageMs)}</dd>
        <dt title=${t.log.fingerprintHelp}>${t.log.fingerprint}</dt>
        <dd title=${t.log.fingerprintHelp}><code>${this.fingerprint ?? t.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${status.kind === "checking"} @click=${() => this.ask("verify-all")}>
        ${t.log.again}
      </button>
      <witness-panel
        .view=${this.witnesses}
        .told=${this.witnessed}
        .mirrors=${this.mirrors}
        .head=${{ size: head === null ? null : numberOf(head.size), ageMs: this.ageMs }}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${() => this.ask("accept-policy")}
      ></witness-panel>
    </section>`;
  }

  private status(): TemplateResult {
    const { t, f } = this.words;
    const { status } = this.log;
    switch (status.kind) {
      case "waiting":
        return html`<strong>${t.log.waiting}</strong>`;
      case "checking":
        return html`<strong>${t.log.checking(f.number(status.done), f.number(status.size))}</strong>`;
      case "verified": {
        const { size, hashed, milliseconds, continues } = status;
        const [count, ms] = [f.number(size), f.number(Math.max(1, Math.round(milliseconds)))];
        const what =
          hashed === size
            ? t.log.verifiedAll(count, ms)
            : hashed === 0
              ? t.log.verifiedSame(count)
              : t.log.verifiedRest(count, f.number(hashed), ms);
        return html`<strong>${t.log.verified} ✓</strong>
          <p>${what}</p>
          ${continues === null || continues === 0 || continues === size ? nothing : html`<p>${t.log.continues(f.number(continues))}</p>`}`;
      }
      case "unreachable":
        return html`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${status.detail}</p>
          </details>`;
      case "failed":
        return html`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${status.code}>${t.log.reasons[status.code]}</p>
          ${status.index === null ? nothing : html`<p>${t.log.entry(String(status.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${status.detail}</p>
            ${
              ["shrunk", "fork", "key"].includes(status.code)
                ? html`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${() => this.ask("forget-log")}>${t.log.forget}</button>`
                : nothing
            }
          </details>`;
    }
  }

  private ask(event: "verify-all" | "forget-log" | "accept-policy"): void {
    this.dispatchEvent(new Event(event));
  }
}

/** The size as the head claims it, which may be anything as long as it is not verified. */
function numberOf(size: string): number | null {
  return /^[0-9]{1,15}$/.test(size) ? Number(size) : null;
}

function shorten(root: string): string {
  return root.length > 20 ? `${root.slice(0, 8)}…${root.slice(-8)}` : root;
}

customElements.define("log-panel", LogPanel);
