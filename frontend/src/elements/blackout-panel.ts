/**
 * The building in a blackout, and its drills: which flats stand on their own, the grid at the bulk meter, the drill that
 * is planned or held, and the roll-call. What is asked of the coordinator needs a second press where it moves something.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import type { Blackout, Drill, DrillFlat, Flat } from "../api/messages";
import { RefusedError } from "../api/client";
import { Localised } from "../i18n/language";
import { UnreachableError } from "../log/errors";
import { shared } from "./styles";

import "./roll-call";

/** A second press counts for so long. */
const SURE_MS = 5_000;
const LEVELS = ["l1", "l2", "l3", "l4"] as const;

export type Ask = (path: string, body: unknown) => Promise<void>;

/** What a flat says of itself; an old frame says nothing. */
export function standOf({ islanded }: Flat): "islanded" | "connected" | "unknown" {
  return islanded === null ? "unknown" : islanded ? "islanded" : "connected";
}

class BlackoutPanel extends LitElement {
  static override readonly properties = {
    blackout: { attribute: false },
    flats: { attribute: false },
    now: { attribute: false },
    ask: { attribute: false },
    sure: { state: true },
    refused: { state: true },
    busy: { state: true },
  };

  static override readonly styles = [
    shared,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 22px;
        margin-bottom: 10px;
      }
      .top div {
        display: flex;
        gap: 6px;
        align-items: baseline;
      }
      .top dd {
        font-weight: 650;
      }
      [data-grid="gone"] {
        color: var(--bad);
      }
      [data-grid="doubtful"],
      [data-grid="unknown"] {
        color: var(--warn);
      }
      [data-grid="good"] {
        color: var(--good);
      }
      ul.flats {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        margin: 0 0 14px;
        padding: 0;
      }
      ul.flats li {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 1px 9px;
        font-size: 12.5px;
      }
      li[data-stand="islanded"] {
        background: var(--warn-soft);
        border-color: var(--warn);
      }
      li[data-stand="connected"] {
        background: var(--good-soft);
      }
      li[data-stand="unknown"] {
        color: var(--quiet);
        border-style: dashed;
      }
      h3 {
        margin: 12px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 14px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 2px;
        font-size: 12.5px;
        color: var(--quiet);
      }
      select,
      input {
        font: inherit;
        font-size: 13.5px;
        color: var(--text);
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        min-height: 32px;
      }
      input {
        width: 84px;
      }
      .drill {
        border-top: 1px solid var(--line);
        padding-top: 10px;
        display: grid;
        gap: 6px;
      }
      .drill .stage {
        font-weight: 650;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      button.danger {
        color: var(--bad);
        border-color: var(--bad);
      }
      button:disabled {
        opacity: 0.55;
        cursor: default;
      }
      .refused {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        overflow-wrap: anywhere;
      }
      .against {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 6px 12px;
        font-size: 13.5px;
      }
      .reports {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      a {
        color: var(--accent);
        font-size: 13px;
      }
    `,
  ];

  declare blackout: Blackout | null;
  declare flats: readonly Flat[];
  /** By the coordinator's clock where it is known. */
  declare now: number;
  declare ask: Ask;
  /** What was pressed once, and is done when it is pressed again. */
  declare sure: string | null;
  declare refused: string | null;
  declare busy: boolean;

  private readonly words = new Localised(this);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.sure = null;
    this.refused = null;
    this.busy = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  private async say(path: string, body: unknown): Promise<void> {
    this.busy = true;
    this.refused = null;
    try {
      await this.ask(path, body);
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof UnreachableError)) throw error;
      this.refused = error.message;
    } finally {
      this.busy = false;
      this.sure = null;
    }
  }

  /** Presses that move something are asked for twice. */
  private press(what: string, path: string): void {
    if (this.sure === what) {
      clearTimeout(this.timer);
      void this.say(path, {});
      return;
    }
    this.sure = what;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.sure = null;
    }, SURE_MS);
  }

  private plan(event: SubmitEvent): void {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const seconds = (name: string): number => Math.round(Number(given.get(name)) * 60);
    void this.say("api/v1/drills", {
      level: String(given.get("level")),
      length_s: seconds("length"),
      notice_s: seconds("notice"),
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    const { blackout } = this;
    if (blackout === null) return nothing;
    const { drill } = blackout;
    const goesOn = drill !== null && (drill.stage === "announced" || drill.stage === "running");
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${t.blackout.heading}</h2>
      <dl class="top">
        <div>
          <dt>${t.blackout.grid}</dt>
          <dd class="grid" data-grid=${blackout.grid}>${t.blackout.grids[blackout.grid] ?? blackout.grid}</dd>
        </div>
        <div>
          <dt>${t.blackout.islanded}</dt>
          <dd class="islanded">${f.number(blackout.islanded)}</dd>
        </div>
        <div>
          <dt>${t.blackout.connected}</dt>
          <dd class="connected">${f.number(blackout.connected)}</dd>
        </div>
        <div>
          <dt>${t.blackout.unknownFlats}</dt>
          <dd class="unknown">${f.number(blackout.unknown)}</dd>
        </div>
      </dl>
      <ul class="flats">
        ${this.flats.map((flat) => this.chip(flat, drill))}
      </ul>
      ${drill === null ? html`<p class="quiet none">${t.blackout.none}</p>` : this.drill(drill)}
      ${goesOn || drill?.stage === "planned" ? nothing : this.form()}
      ${this.refused === null ? nothing : html`<p class="refused" role="alert">${t.blackout.refused(this.refused)}</p>`}
      ${
        drill === null || drill.announced_ms === null
          ? nothing
          : html`<roll-call
              .drill=${drill}
              .now=${this.now}
              .busy=${this.busy}
              @tick-off=${(event: CustomEvent<string>) => void this.tickOff(drill, event.detail)}
            ></roll-call>`
      }
    </section>`;
  }

  private chip(flat: Flat, drill: Drill | null): TemplateResult {
    const { t } = this.words;
    const stand = standOf(flat);
    const known = drill?.flats.find((each) => each.flat === flat.flat);
    const safe = known?.acknowledged_ms != null;
    const said = [t.picture.flat(flat.flat), t.blackout.flatStates[stand], ...(safe ? [t.blackout.isSafe] : [])];
    return html`<li data-stand=${stand} data-name=${flat.flat} title=${said.join(", ")}>
      ${flat.flat}${safe ? " ✓" : ""}<span class="unseen">${said.slice(1).join(", ")}</span>
    </li>`;
  }

  private form(): TemplateResult {
    const { t } = this.words;
    const { plan } = t.blackout;
    return html`<h3>${plan.heading}</h3>
      <form class="plan" @submit=${(event: SubmitEvent) => this.plan(event)}>
        <label
          >${plan.level}<select name="level">
            ${LEVELS.map((level) => html`<option value=${level}>${plan.levels[level]}</option>`)}
          </select></label
        >
        <label>${plan.length}<input name="length" type="number" min="1" max="60" value="5" required /></label>
        <label>${plan.notice}<input name="notice" type="number" min="0" max="60" value="10" required /></label>
        <button type="submit" ?disabled=${this.busy}>${plan.submit}</button>
      </form>`;
  }

  private drill(drill: Drill): TemplateResult {
    const { t, f } = this.words;
    const { blackout } = t;
    return html`<div class="drill" data-stage=${drill.stage} data-level=${drill.level}>
      <p class="stage">
        ${blackout.plan.levels[drill.level] ?? drill.level} — ${blackout.stages[drill.stage] ?? drill.stage}
        ${drill.ended === null ? nothing : html`<span class="ended">${blackout.ended[drill.ended]}</span>`}
      </p>
      ${drill.stage === "planned" ? this.planned(drill) : this.held(drill)}
      ${
        drill.stage !== "announced" || drill.first_ms === null || drill.level === "l1"
          ? nothing
          : html`<p class="quiet">${blackout.first(f.moment(drill.first_ms, this.now))}</p>`
      }
      ${drill.against === null ? nothing : html`<p class="against" role="status">${blackout.against[drill.against]}</p>`}
      ${
        drill.stage === "announced" || drill.stage === "running"
          ? html`<div class="buttons">
              <button
                class="stop danger"
                ?disabled=${this.busy}
                @click=${() => this.press("stop", `api/v1/drills/${drill.drill}/stop`)}
              >
                ${this.sure === "stop" ? blackout.stopSure : blackout.stop}
              </button>
            </div>`
          : nothing
      }
    </div>`;
  }

  private planned(drill: Drill): TemplateResult {
    const { t, f } = this.words;
    const { plan } = t.blackout;
    return html`<p>
        ${drill.level === "l1" ? plan.plannedRollCall : plan.planned(f.number(drill.most), f.power(drill.limit_w))}
      </p>
      <div class="buttons">
        <button
          class="start"
          ?disabled=${this.busy}
          @click=${() => this.press("start", `api/v1/drills/${drill.drill}/start`)}
        >
          ${this.sure === "start" ? plan.sure : plan.start}
        </button>
        <button
          class="again"
          ?disabled=${this.busy}
          @click=${() => void this.say(`api/v1/drills/${drill.drill}/stop`, {})}
        >
          ${plan.again}
        </button>
      </div>`;
  }

  private held(drill: Drill): TemplateResult | typeof nothing {
    const { t, f } = this.words;
    const { blackout } = t;
    const at = (...stages: readonly string[]): string =>
      f.number(drill.flats.filter((flat: DrillFlat) => stages.includes(flat.stage)).length);
    if (drill.announced_ms === null) return nothing;
    return html`${
      drill.level === "l1"
        ? nothing
        : html`<p class="counts">${blackout.counts(at("home"), at("called", "out"), at("refused"), at("waiting"))}</p>
            <p class="quiet measured">
              ${blackout.measured(
                f.number(drill.most_seen),
                f.number(drill.most),
                f.power(drill.demand_seen_w),
                f.power(drill.limit_w),
              )}
            </p>`
    }
    ${drill.stage === "ended" ? this.reports(drill) : nothing}`;
  }

  private reports(drill: Drill): TemplateResult {
    const { blackout } = this.words.t;
    const path = `api/v1/drills/${drill.drill}/report`;
    return html`<p class="reports">
        <a class="report" href=${path} download>${blackout.report}</a>
        ${["ja", "en"].map(
          (language) =>
            html`<a class="sheet" href="${path}.pdf?language=${language}" download
              >${blackout.sheet(blackout.languages[language] ?? language)}</a
            > `,
        )}
      </p>
      ${drill.record === null ? nothing : html`<p class="quiet logged">${blackout.logged}</p>`}`;
  }

  private async tickOff(drill: Drill, flat: string): Promise<void> {
    const path = `api/v1/drills/${drill.drill}/flats/${encodeURIComponent(flat)}/acknowledge`;
    await this.say(path, { who: this.words.t.blackout.rollCall.manager });
  }
}

customElements.define("blackout-panel", BlackoutPanel);
