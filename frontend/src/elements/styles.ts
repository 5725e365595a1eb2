/** What the elements of the page have in common to look at. */

import { css } from "lit";

export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 16px 18px 18px;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 15px;
    font-weight: 650;
    letter-spacing: 0.02em;
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--quiet);
    font-size: 13px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    font-size: 13px;
    color: var(--accent);
    background: none;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 12px;
    cursor: pointer;
  }
  button:hover {
    background: var(--sunken);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  dl {
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 13px;
  }
  dd {
    margin: 0;
  }
  @media (max-width: 620px) {
    section {
      padding: 14px 12px;
      border-radius: 12px;
    }
  }
`;
