/** Who else has signed the log's head, and who holds a copy of it: in plain words, each marked when verified here. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { Mirror, Witnessed } from "../api/messages";
import { Localised } from "../i18n/language";
import type { PolicyChange } from "../log/pin";
import { standingOf, type Standing } from "../log/standing";
import type { WitnessView } from "../log/witnesses";
import { shared } from "./styles";

/** Mirrors copy within seconds of a quorum. */
const LATE_MS = 60_000;

class WitnessPanel extends LitElement {
  static override readonly properties = {
    view: { attribute: false },
    told: { attribute: false },
    mirrors: { attribute: false },
    head: { attribute: false },
    now: { attribute: false },
    names: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 14px;
        padding-top: 12px;
        font-size: 13.5px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 13.5px;
        font-weight: 650;
      }
      h3:not(:first-child) {
        margin-top: 12px;
      }
      p + p {
        margin-top: 3px;
      }
      .here {
        color: var(--good);
        font-size: 12.5px;
        font-weight: 400;
        white-space: nowrap;
      }
      .warning {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .wrong {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .changed {
        color: var(--text);
      }
      .changed strong {
        font-weight: 650;
      }
      .changed.wrong strong {
        color: var(--bad);
      }
      .changed dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 12px;
        margin: 6px 0;
        font-size: 12.5px;
      }
      .changed dd {
        overflow-wrap: anywhere;
      }
      .changed button {
        margin-top: 8px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border: 1px solid var(--line);
        border-radius: 99px;
        padding: 0 10px;
        font-size: 12.5px;
      }
      li.behind {
        background: var(--sunken);
        color: var(--quiet);
      }
    `,
  ];

  declare view: WitnessView;
  declare told: Witnessed | null;
  declare mirrors: readonly Mirror[] | null;
  declare head: { readonly size: number | null; readonly ageMs: number | null };
  /** By the coordinator's clock where it is known. */
  declare now: number;
  /** The flats' names by the pseudonyms of their devices. */
  declare names: ReadonlyMap<string, string>;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { t } = this.words;
    const standing = standingOf(this.view, this.told, this.head, this.now);
    const { mirrors } = this;
    const { change } = this.view;
    // One mark for all, where all was verified; else each for itself.
    const all = standing.verifiedHere && standing.quorum?.verifiedHere !== false;
    return html`<h3>${t.witnesses.heading} ${all && this.anybody(standing) ? this.mark() : nothing}</h3>
      ${change === null ? nothing : this.changed(change)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(standing, !all)}</div>
      ${
        mirrors === null
          ? nothing
          : html`<h3>${t.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(mirrors)}</div>`
      }`;
  }

  private anybody({ flats, others }: Standing): boolean {
    return flats !== null || others.length > 0;
  }

  private mark(): TemplateResult {
    return html`<span class="here">✓ ${this.words.t.witnesses.here}</span>`;
  }

  private witnesses(standing: Standing, marked: boolean): TemplateResult {
    const { t } = this.words;
    const { status } = this.view;
    if (status.kind === "none" || (status.kind === "waiting" && !this.anybody(standing))) {
      return html`<p class="quiet">${status.kind === "none" ? t.witnesses.none : t.loading}</p>`;
    }
    return html`${this.signed(standing, marked)} ${this.quorum(standing, marked)} ${this.troubles(standing)}`;
  }

  /** Another list of witnesses is served than the one that counts here: how they differ, and the reader's decision. */
  private changed(change: PolicyChange): TemplateResult {
    const { t } = this.words;
    const { pinned, served, added, removed, rekeyed, unnamed, dropped } = change;
    const kinds = [
      [t.witnesses.added, added],
      [t.witnesses.removed, removed],
      [t.witnesses.rekeyed, rekeyed],
    ] as const;
    return html`<div class="changed ${unnamed.length > 0 || dropped ? "wrong" : "warning"}" role="alert">
      <p><strong>${t.witnesses.changed}</strong></p>
      <p>${t.witnesses.changedHelp}</p>
      <dl>
        <dt>${t.witnesses.pinned}</dt>
        <dd><code>${pinned}</code></dd>
        <dt>${t.witnesses.served}</dt>
        <dd><code>${served}</code></dd>
        ${kinds.map(([kind, names]) =>
          names.length === 0
            ? nothing
            : html`<dt>${kind}</dt>
                <dd>${this.named(names)}</dd>`,
        )}
      </dl>
      ${dropped ? html`<p>${t.witnesses.dropped}</p>` : nothing}
      ${
        added.length + rekeyed.length === 0
          ? nothing
          : html`<p>${unnamed.length === 0 ? t.witnesses.allNamed : t.witnesses.unnamed(this.named(unnamed))}</p>`
      }
      <button class="accept" @click=${() => this.dispatchEvent(new Event("accept-policy"))}>
        ${t.witnesses.accept}
      </button>
    </div>`;
  }

  private signed({ flats, others, verifiedHere }: Standing, marked: boolean): TemplateResult {
    const { t, f } = this.words;
    const mark = verifiedHere && marked ? this.mark() : nothing;
    const outside = others.map(
      ({ signed, members, needed }) =>
        html`<p class="outside">
          ${t.witnesses.outside(f.number(signed), f.number(members), f.number(needed))} ${mark}
        </p>`,
    );
    if (flats === null) return html`${outside}`;
    const { signed, members, needed } = flats;
    return html`<p class="flats" data-here=${verifiedHere}>
        ${t.witnesses.flats(f.number(signed), f.number(members), f.number(needed))} ${mark}
      </p>
      ${outside}`;
  }

  private quorum({ quorum }: Standing, marked: boolean): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    if (quorum === null) return html`<p class="quorum quiet">${t.witnesses.noQuorum}</p>`;
    const mark = quorum.verifiedHere && marked ? this.mark() : nothing;
    return html`<p class="quorum" data-here=${quorum.verifiedHere}>
      ${t.witnesses.quorum(f.moment(quorum.ms, this.now), f.number(quorum.size))} ${mark}
    </p>`;
  }

  private troubles({ warning, quorum }: Standing): TemplateResult {
    const { t, f } = this.words;
    const { status } = this.view;
    const age = f.lasting(this.head.ageMs ?? 0);
    return html`${
      status.kind === "checked" && status.wrong.length > 0
        ? html`<p class="wrong" role="alert">${t.witnesses.wrong(this.named(status.wrong))}</p>`
        : nothing
    }
    ${
      warning === null
        ? nothing
        : html`<p class="warning" data-kind=${warning} role="status">
            ${
              warning === "old" && quorum !== null
                ? t.witnesses.old(f.moment(quorum.ms, this.now), age)
                : t.witnesses.waits(age)
            }
          </p>`
    }
    ${
      status.kind === "checked" && status.unread.length > 0
        ? html`<p class="quiet">${t.witnesses.unread(this.named(status.unread))}</p>`
        : nothing
    }
    ${
      status.kind === "unreachable" || status.kind === "failed"
        ? html`<p class="warning" data-kind=${status.kind}>${t.witnesses[status.kind]}</p>
            <details>
              <summary>${t.log.detail}</summary>
              <p>${status.detail}</p>
            </details>`
        : nothing
    }`;
  }

  /** What a quorum has signed and nobody has a copy of is lost for good with the server. */
  private unmirrored(): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    const since = this.told?.unmirrored_ms ?? null;
    if (since === null || this.now - since < LATE_MS) return nothing;
    return html`<p class="warning unmirrored" role="status">${t.witnesses.unmirrored(f.lasting(this.now - since))}</p>`;
  }

  private copies(mirrors: readonly Mirror[]): TemplateResult {
    const { t, f } = this.words;
    if (mirrors.length === 0) return html`<p class="quiet">${t.witnesses.noCopies}</p>`;
    const head = Math.max(this.head.size ?? 0, ...mirrors.map(({ size }) => size));
    const whole = mirrors.filter(({ size }) => size === head).length;
    return html`<p>${t.witnesses.copiesHeld(f.number(mirrors.length), f.number(whole), f.number(head))}</p>
      <ul>
        ${mirrors.map(
          ({ flat, size, signed_ms }) =>
            html`<li class=${size === head ? "" : "behind"} title=${f.age(this.now - signed_ms)}>
              ${flat === null ? t.unknown : t.picture.flat(flat)}${
                size === head ? " ✓" : `${t.witnesses.behind(f.number(head - size))}`
              }
            </li>`,
        )}
      </ul>`;
  }

  private named(witnesses: readonly string[]): string {
    const { t } = this.words;
    return witnesses
      .map((witness) => {
        const flat = this.names.get(witness);
        return flat === undefined ? witness.slice(0, 16) : t.picture.flat(flat);
      })
      .join(t.witnesses.comma);
  }
}

customElements.define("witness-panel", WitnessPanel);
