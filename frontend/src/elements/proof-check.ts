/** "Verify my proof": a record and its proof, checked in this browser from two files that go nowhere. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { ForbiddenError } from "../api/client";
import { askBrowser } from "../etp/browser";
import { checkRecord, isProof, type Check, type Known, type ProofReport } from "../etp/check";
import type { Body, Payment, Sealed, SlotValue } from "../etp/record";
import { Localised } from "../i18n/language";
import { NoSuchFileError, UnreachableError } from "../log/errors";
import { shared } from "./styles";

/** No record and no proof comes near: a larger file was chosen by mistake, and is not read. */
const LARGEST_FILE = 2 * 1024 * 1024;

/** A file that was chosen, or that the page has fetched for its reader. */
interface Chosen {
  readonly name: string;
  readonly data: Uint8Array;
}

type Trouble = "notKnown" | "tooLarge" | "unreadable" | "erased" | "unreachable";

class ProofCheck extends LitElement {
  static override readonly properties = {
    known: { attribute: false },
    names: { attribute: false },
    record: { state: true },
    proof: { state: true },
    report: { state: true },
    trouble: { state: true },
    over: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      label {
        display: block;
        border: 1.5px dashed var(--line);
        border-radius: 10px;
        padding: 14px;
        margin: 10px 0;
        text-align: center;
        text-wrap: balance;
        font-size: 13.5px;
        cursor: pointer;
      }
      label:hover,
      label.over {
        background: var(--sunken);
        border-color: var(--accent);
      }
      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label strong {
        display: block;
        font-weight: 600;
        color: var(--accent);
      }
      .files {
        list-style: none;
        margin: 0 0 10px;
        padding: 0;
        font-size: 13px;
      }
      .files li {
        overflow-wrap: anywhere;
      }
      .files .missing {
        color: var(--quiet);
      }
      .trouble {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        font-size: 13.5px;
      }
      .verdict {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 4px 0 12px;
        font-size: 16px;
        font-weight: 650;
      }
      .verdict.proven {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.refused {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .result {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 0 32px;
      }
      .checks {
        list-style: none;
        margin: 0 0 14px;
        padding: 0;
        font-size: 13.5px;
      }
      .checks li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 4px 0;
      }
      .checks .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .failed .why {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .why {
        grid-column: 2;
        font-size: 13px;
      }
      .open .why {
        color: var(--quiet);
      }
      h3 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 3px 16px;
        font-size: 13.5px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      details {
        margin-top: 10px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      details p {
        overflow-wrap: anywhere;
        margin-top: 4px;
      }
      .unverified {
        color: var(--quiet);
        font-size: 12.5px;
        margin-bottom: 6px;
      }
    `,
  ];

  /** Asks the page what the record is to be checked by. */
  declare known: () => Promise<Known | null>;
  /** The flats' names by the pseudonyms of their devices. */
  declare names: ReadonlyMap<string, string>;
  declare record: Chosen | null;
  declare proof: Chosen | null;
  declare report: ProofReport | null;
  declare trouble: Trouble | null;
  declare over: boolean;

  private readonly words = new Localised(this);
  /** Counts the checks: one that was overtaken shows nothing. */
  private turn = 0;

  constructor() {
    super();
    this.record = null;
    this.proof = null;
    this.report = null;
    this.trouble = null;
    this.over = false;
  }

  /** Checks a record that the page fetches for its reader, and brings the result into sight. */
  async checkFetched(index: number, fetched: Promise<[record: Uint8Array, proof: Uint8Array]>): Promise<void> {
    this.clear();
    const turn = this.turn;
    this.scrollIntoView({ block: "nearest" });
    try {
      const [record, proof] = await fetched;
      if (turn !== this.turn) return;
      this.record = { name: `${index}.etp`, data: record };
      this.proof = { name: `${index}.tlog-proof`, data: proof };
      await this.check();
    } catch (error) {
      if (!isExpected(error)) throw error;
      if (turn !== this.turn) return;
      this.trouble = error instanceof NoSuchFileError ? "erased" : "unreachable";
    }
    await this.updateComplete;
    this.scrollIntoView({ block: "nearest" });
  }

  override render(): TemplateResult {
    const { t } = this.words;
    const { report } = this;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.proof.heading}</h2>
      <p class="quiet">${t.proof.explanation}</p>
      <label
        class=${this.over ? "over" : ""}
        @dragover=${(event: DragEvent) => this.hover(event, true)}
        @dragleave=${(event: DragEvent) => this.hover(event, false)}
        @drop=${(event: DragEvent) => this.drop(event)}
      >
        <strong>${t.proof.choose}</strong>${t.proof.chooseWhich}
        <input class="unseen" type="file" multiple @change=${(event: Event) => this.pick(event)} />
      </label>
      ${this.files()}
      ${this.trouble === null ? nothing : html`<p class="trouble" role="alert">${t.proof.troubles[this.trouble]}</p>`}
      <div role="status">${report === null ? nothing : this.result(report)}</div>
    </section>`;
  }

  private files(): TemplateResult | typeof nothing {
    const { t } = this.words;
    if (this.record === null && this.proof === null) return nothing;
    const line = (chosen: Chosen | null, missing: string): TemplateResult =>
      chosen === null ? html`<li class="missing">– ${missing}</li>` : html`<li>✓ ${chosen.name}</li>`;
    return html`<ul class="files">
      ${line(this.record, t.proof.missingRecord)} ${line(this.proof, t.proof.missingProof)}
    </ul>`;
  }

  private result(report: ProofReport): TemplateResult {
    const { t } = this.words;
    const { proven, checks, body, sealed } = report;
    const details = checks.filter(({ outcome, detail }) => outcome === "failed" && detail !== null);
    return html`<p class="verdict ${proven ? "proven" : "refused"}">
        ${proven ? html`${t.proof.proven} ✓` : html`${t.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${checks.map((check) => this.line(check, report))}
          </ul>
        </div>
        ${body === null || sealed === null ? nothing : html`<div>${this.content(body, sealed, proven)}</div>`}
      </div>
      ${
        details.length === 0
          ? nothing
          : html`<details>
              <summary>${t.log.detail}</summary>
              ${details.map(({ detail }) => html`<p>${detail}</p>`)}
            </details>`
      }`;
  }

  private line(check: Check, report: ProofReport): TemplateResult {
    const { t } = this.words;
    const { step, outcome, reason } = check;
    const mark = { passed: "✓", failed: "✗", open: "–" }[outcome];
    const why = reason === null ? this.more(check, report) : this.reason(check, report);
    return html`<li class=${outcome} data-step=${step} data-outcome=${outcome} data-reason=${reason ?? ""}>
      <span class="mark" role="img" aria-label=${t.proof.outcomes[outcome]}>${mark}</span>
      <span class="what">${t.proof.steps[step]}</span>
      ${why === null ? nothing : html`<span class="why">${why}</span>`}
    </li>`;
  }

  /** What a passed check has found, where that is worth a line. */
  private more({ step }: Check, report: ProofReport): string | null {
    const { t, f } = this.words;
    if (step === "place" && report.proof !== null && report.checkpoint !== null) {
      return t.proof.place(String(report.proof.index), f.number(report.checkpoint.size));
    }
    return step === "witnesses" ? this.tally(report) : null;
  }

  private reason({ reason }: Check, report: ProofReport): string | null {
    const { t } = this.words;
    if (reason === null) return null;
    const text = t.proof.reasons[reason];
    if (reason === "tooFew") return `${this.tally(report)}${t.proof.stop}${text}`;
    if (reason === "wrongWitness") {
      const wrong = report.cosignatures?.wrong ?? [];
      return `${text} ${wrong.map((witness) => this.party(witness)).join(t.witnesses.comma)}`;
    }
    return text;
  }

  private tally({ tally }: ProofReport): string {
    const { t, f } = this.words;
    return tally
      .map(({ group, signed, members, needed }) => {
        const numbers = [f.number(signed), f.number(members), f.number(needed)] as const;
        return group === "flats" ? t.proof.flats(...numbers) : t.witnesses.outside(...numbers);
      })
      .join(t.proof.stop);
  }

  private content(body: Body, { envelope }: Sealed, proven: boolean): TemplateResult {
    const { t, f } = this.words;
    const sources = Object.entries(body.sources);
    const amount = (value: number): string => (body.carrier === null ? f.wattHours(value) : f.litres(value));
    const registers = [
      [t.proof.imported, body.imported],
      [t.proof.exported, body.exported],
      [t.proof.generated, body.generated],
      [t.proof.charged, body.charged],
      [t.proof.discharged, body.discharged],
    ] as const;
    return html`<h3>${t.proof.says}</h3>
      ${proven ? nothing : html`<p class="unverified">${t.proof.saysUnproven}</p>`}
      <dl>
        <dt>${t.records.kind}</dt>
        <dd>${t.records.kinds[envelope.kind] ?? envelope.kind}</dd>
        <dt>${t.proof.time}</dt>
        <dd data-value="time">${f.period(body.startMs, body.endMs)}</dd>
        <dt>${body.carrier === null ? t.records.energy : t.records.volume}</dt>
        <dd data-value="energy">${amount(body.energyWh)}</dd>
        <dt>${t.proof.from}</dt>
        <dd>${this.device(body.sender)}</dd>
        <dt>${t.proof.to}</dt>
        <dd>${this.device(body.receiver)}</dd>
        ${
          sources.length === 0
            ? nothing
            : html`<dt>${t.records.sources}</dt>
                <dd>
                  ${sources.map(([name, wattHours]) => html`<div>${t.records.sourceNames[name] ?? name} ${amount(wattHours)}</div>`)}
                </dd>`
        }
        ${registers.map(([name, register]) =>
          register === null
            ? nothing
            : html`<dt>${name}</dt>
                <dd>${amount(register.begin)} → ${amount(register.end)}</dd>`,
        )}
        ${
          body.millihertz === null
            ? nothing
            : html`<dt>${t.records.frequency}</dt>
                <dd>${f.frequency(body.millihertz / 1000)}</dd>`
        }
        ${
          envelope.kind !== "drill"
            ? nothing
            : html`<dt>${t.proof.drillLevel}</dt>
                <dd data-value="level">${(body.reason ?? "").toUpperCase()}</dd>
                <dt>${t.proof.drillReport}</dt>
                <dd><code data-value="report">${body.evidence[0]}</code></dd>`
        }
        ${
          ["orders", "book", "cleared", "proposal"].includes(envelope.kind)
            ? html`<dt>${t.proof.document}</dt>
                <dd><code data-value="document">${body.evidence[0]}</code></dd>`
            : nothing
        }
        ${
          body.correction === null
            ? nothing
            : html`<dt>${t.proof.correctedOf}</dt>
                <dd data-value="corrected-of">${body.place}</dd>
                <dt>${t.proof.before}</dt>
                <dd data-value="before">${this.value(body.correction.before)}</dd>
                <dt>${t.proof.after}</dt>
                <dd data-value="after">${this.value(body.correction.after)}</dd>`
        }
        ${body.payment === null ? nothing : this.payment(body.payment)}
        ${
          body.price === null
            ? nothing
            : html`<dt>${t.slots.price}</dt>
                <dd>${f.price(body.price)}</dd>`
        }
        ${
          body.trade === null
            ? nothing
            : html`<dt>${t.market.tradedEnergy}</dt>
                <dd data-value="traded">${f.wattHours(body.trade.wh)}</dd>
                <dt>${t.proof.sellerGets}</dt>
                <dd>${f.price(body.trade.earned)}</dd>`
        }
        ${
          body.meter === null
            ? nothing
            : html`<dt>${t.proof.meter}</dt>
                <dd>${body.meter}</dd>`
        }
        ${
          body.meterStatus === 0 && body.errors === 0
            ? nothing
            : html`<dt>${t.proof.remarks}</dt>
                <dd>${this.remarks(body)}</dd>`
        }
        <dt>${t.proof.signedBy}</dt>
        <dd>${this.device(envelope.device)}</dd>
      </dl>`;
  }

  private remarks({ meterStatus, errors }: Body): string {
    const { t } = this.words;
    const flags = t.proof.errorFlags.filter((_, bit) => (errors & (1 << bit)) !== 0);
    return [t.proof.meterStatus[meterStatus] ?? "", ...flags].filter((text) => text !== "").join(t.witnesses.comma);
  }

  /** What a slot was taken for, with the records that say so. */
  private payment(payment: Payment): TemplateResult {
    const { t, f } = this.words;
    if ("standsIn" in payment) {
      return html`<dt>${t.proof.paidFor}</dt>
        <dd data-value="paid-for">${t.proof.standsIn}</dd>`;
    }
    const told =
      "record" in payment
        ? html`<dt>${t.proof.takesBack}</dt>
            <dd><code data-value="takes-back">${payment.record}</code></dd>`
        : html`<dt>${t.proof.paid}</dt>
            <dd data-value="paid">${f.yen(payment.yen)}</dd>
            <dt>${t.proof.paidFor}</dt>
            <dd data-value="paid-for">
              ${payment.bill === null ? t.proof.deposit : t.proof.billOf(payment.bill.month)}
            </dd>
            <dt>${t.proof.paidBy}</dt>
            <dd>${t.proof.ways[payment.way]}</dd>
            ${
              payment.bill === null
                ? nothing
                : html`<dt>${t.proof.document}</dt>
                    <dd><code data-value="statement">${payment.bill.statement}</code></dd>`
            }`;
    return html`${told}
      <dt>${t.proof.paidOn}</dt>
      <dd data-value="paid-on">${payment.day}</dd>
      <dt>${t.proof.reference}</dt>
      <dd data-value="reference">${payment.reference}</dd>`;
  }

  private value(value: SlotValue | null): TemplateResult {
    const { t, f } = this.words;
    if (value === null) return html`${t.proof.notKnown}`;
    const { importWh, exportWh, estimatedFrom, records } = value;
    const slot = estimatedFrom === null ? null : f.period(estimatedFrom * 1000, estimatedFrom * 1000);
    return html`<div>${t.proof.valueOf(f.wattHours(importWh), f.wattHours(exportWh))}</div>
      ${slot === null ? nothing : html`<div>${t.proof.estimatedFrom(slot)}</div>`}
      ${records.map((name) => html`<div><code>${name}</code></div>`)}`;
  }

  private device(device: string): TemplateResult {
    const name = this.names.get(device);
    return html`${name === undefined ? nothing : html`<div>${this.party(device)}</div>`}<code
        >${device.slice(0, 16)}<wbr />${device.slice(16)}</code
      >`;
  }

  private party(device: string): string {
    const { t } = this.words;
    const name = this.names.get(device);
    return name === undefined ? device.slice(0, 16) : (t.records.parties[name] ?? t.picture.flat(name));
  }

  private hover(event: DragEvent, over: boolean): void {
    event.preventDefault();
    this.over = over;
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    void this.take([...(event.dataTransfer?.files ?? [])]);
  }

  private pick(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file may be chosen again, after it was downloaded anew.
    input.value = "";
    void this.take(files);
  }

  private async take(files: readonly File[]): Promise<void> {
    // A pair that was checked makes room for the next; one file waits for the other.
    if (this.report !== null || files.length > 1) this.clear();
    this.trouble = null;
    const turn = this.turn;
    for (const file of files) {
      if (file.size > LARGEST_FILE) {
        this.trouble = "tooLarge";
        continue;
      }
      const data = await readFile(file);
      if (turn !== this.turn) return;
      if (data === null) this.trouble = "unreadable";
      else if (isProof(data)) this.proof = { name: file.name, data };
      else this.record = { name: file.name, data };
    }
    await this.check();
  }

  private async check(): Promise<void> {
    const { record, proof } = this;
    if (record === null || proof === null) return;
    const turn = this.turn;
    const known = await this.known();
    if (turn !== this.turn) return;
    if (known === null) {
      this.trouble = "notKnown";
      return;
    }
    // Nothing is called proven before the last step has spoken.
    const report = await askBrowser(checkRecord(record.data, proof.data, known), known);
    if (turn === this.turn && record === this.record && proof === this.proof) this.report = report;
  }

  private clear(): void {
    this.turn += 1;
    this.record = null;
    this.proof = null;
    this.report = null;
    this.trouble = null;
  }
}

/** What a server may answer, or not answer, when it is asked for a record. */
function isExpected(error: unknown): boolean {
  return [NoSuchFileError, UnreachableError, ForbiddenError].some((kind) => error instanceof kind);
}

async function readFile(file: File): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, or a file that was moved away meanwhile.
    if (error instanceof DOMException) return null;
    throw error;
  }
}

export type { ProofCheck };

customElements.define("proof-check", ProofCheck);
