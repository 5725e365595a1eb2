/** What the elements of the market with tables have in common: their words, the frame of a table, and how it looks. */

import { css, html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";

import { Localised } from "../i18n/language";
import { shared } from "./styles";

/** Of a table: its name, the unit of its numbers if it has one, and whether its cells are numbers. */
export interface Column {
  readonly name: string;
  readonly unit?: string;
  readonly number?: boolean;
}

/** What a table is called: by the heading with an id, or in words of its own. */
type Called = { readonly by: string } | { readonly as: string };

export abstract class MarketTables extends LitElement {
  static override readonly styles: CSSResultGroup = [
    shared,
    css`
      .scroll {
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .scroll + .quiet {
        margin-top: 4px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 5px 9px;
        text-align: start;
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--sunken);
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        vertical-align: top;
      }
      th small {
        display: block;
        font-size: 11.5px;
        line-height: 1.2;
      }
      tbody th,
      tbody td,
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--line);
      }
      tbody th {
        font-weight: 400;
      }
      tfoot th,
      tfoot td {
        font-weight: 650;
      }
      .number {
        text-align: end;
      }
      @media (max-width: 480px) {
        th,
        td {
          padding: 5px 6px;
        }
      }
    `,
  ];

  protected readonly words = new Localised(this);

  /** A table in its frame, which is scrolled by itself: also by keyboard, so that it has a name. */
  protected table(
    called: Called,
    columns: readonly Column[],
    rows: unknown,
    foot: TemplateResult | typeof nothing = nothing,
  ): TemplateResult {
    return html`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-labelledby=${"by" in called ? called.by : nothing}
      aria-label=${"as" in called ? called.as : nothing}
    >
      <table>
        <thead>
          <tr>
            ${columns.map(
              ({ name, unit, number }) =>
                html`<th scope="col" class=${number === true ? "number" : nothing}>
                  ${name}${unit === undefined ? nothing : html`<small>${unit}</small>`}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
        ${foot}
      </table>
    </div>`;
  }
}
