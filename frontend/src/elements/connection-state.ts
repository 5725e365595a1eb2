/** Whether the page is live: a word and a mark, told to screen readers when it changes. */

import { css, html, LitElement, type TemplateResult } from "lit";

import { Localised } from "../i18n/language";
import type { Snapshot } from "../store";
import { shared } from "./styles";

class ConnectionState extends LitElement {
  static override readonly properties = {
    connection: { attribute: false },
    clock: { attribute: false },
    resident: { attribute: false },
  };

  static override readonly styles = [
    shared,
    css`
      div {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        padding: 4px 12px;
        border-radius: 99px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      i {
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--quiet);
        flex: none;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .lost {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .lost i {
        border-color: var(--warn);
      }
    `,
  ];

  declare connection: Snapshot["connection"];
  declare clock: number;
  /** The flat as whose resident the page reads; null for nobody's. */
  declare resident: string | null;

  private readonly words = new Localised(this);

  override render(): TemplateResult {
    const { kind } = this.connection;
    return html`<div class=${kind} data-kind=${kind}>
      <i></i><span aria-hidden="true">${this.text(true)}</span>
      <span class="unseen" role="status">${this.text(false)}</span>
    </div>`;
  }

  /** The seconds that count down are for the eye only: read aloud each second they would drown everything else. */
  private text(counting: boolean): string {
    const { t } = this.words;
    switch (this.connection.kind) {
      case "connecting":
        return t.connection.connecting;
      case "live":
        return t.connection.live;
      case "restricted":
        return this.resident === null ? t.connection.restricted : t.connection.resident(t.picture.flat(this.resident));
      case "lost": {
        const seconds = Math.ceil((this.connection.retryAt - this.clock) / 1000);
        return counting && seconds > 0 ? t.connection.lost(seconds) : t.connection.retrying;
      }
    }
  }
}

customElements.define("connection-state", ConnectionState);
