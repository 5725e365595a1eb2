/**
 * What somebody has found out against the log or a flat's key, above everything else: a key in two hands, and witnesses
 * that do not sign because the log was set back or has forked. And what the manager has not done yet: the sheet of the
 * building's next key lies on the server.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { Conflict, Objection } from "../api/messages";
import { Localised } from "../i18n/language";
import { shared } from "./styles";

class AlarmList extends LitElement {
  static override readonly properties = {
    conflicts: { attribute: false },
    objections: { attribute: false },
    nextKeyHere: { attribute: false },
    now: { attribute: false },
    names: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      section {
        background: var(--bad-soft);
        border-color: var(--bad);
        box-shadow: none;
      }
      h2 {
        color: var(--bad);
        margin-bottom: 6px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 10px;
      }
      li {
        overflow-wrap: anywhere;
      }
      strong {
        font-weight: 650;
      }
      p {
        font-size: 13.5px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
    `,
  ];

  declare conflicts: readonly Conflict[];
  declare objections: readonly Objection[];
  declare nextKeyHere: boolean;
  /** By the coordinator's clock where it is known. */
  declare now: number;
  /** The flats' names by the pseudonyms of their devices. */
  declare names: ReadonlyMap<string, string>;

  private readonly words = new Localised(this);

  override render(): TemplateResult | typeof nothing {
    const { t } = this.words;
    // Of a flat that was reinstated somebody has looked after it.
    const open = this.conflicts.filter(({ suspended }) => suspended);
    if (open.length === 0 && this.objections.length === 0 && !this.nextKeyHere) return nothing;
    return html`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${t.alarms.heading}</h2>
      <ul>
        ${this.objections.map((each) => this.objection(each))} ${open.map((each) => this.conflict(each))}
        ${this.nextKeyHere ? this.nextKey() : nothing}
      </ul>
    </section>`;
  }

  private objection({ witness, kind, size }: Objection): TemplateResult {
    const { t, f } = this.words;
    const flat = this.names.get(witness);
    const who = flat === undefined ? witness.slice(0, 16) : t.picture.flat(flat);
    const text = kind === "ahead" && size !== null ? t.alarms.ahead(who, f.number(size)) : t.alarms.fork(who);
    return html`<li data-kind=${kind}>
      <strong>${text}</strong>
      <p>${t.alarms.objectionHelp}</p>
    </li>`;
  }

  private nextKey(): TemplateResult {
    const { t } = this.words;
    return html`<li data-kind="next-key">
      <strong>${t.alarms.nextKey}</strong>
      <p>${t.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`;
  }

  private conflict({ flat, seq, seen_ms, hash }: Conflict): TemplateResult {
    const { t, f } = this.words;
    const who = flat === null ? t.unknown : t.picture.flat(flat);
    return html`<li data-kind="conflict">
      <strong>${t.alarms.conflict(who, String(seq), f.moment(seen_ms, this.now))}</strong>
      <p>${t.alarms.conflictHelp} <code>${hash.slice(0, 16)}</code></p>
    </li>`;
  }
}

customElements.define("alarm-list", AlarmList);
