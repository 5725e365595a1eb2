/** Values as people read them. An unknown value is a dash, never 0. */

import type { Messages } from "./ja";

/** Ticks of money: 10⁻⁵ yen. */
const MONEY_PER_YEN = 100_000;

export class Format {
  private readonly clock: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;

  constructor(
    readonly language: string,
    private readonly messages: Messages,
  ) {
    this.clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.day = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" });
  }

  number(value: number | null, digits = 0): string {
    if (value === null) return this.messages.unknown;
    // Adding 0 takes the sign off a negative zero.
    const rounded = Number(value.toFixed(digits)) + 0;
    return rounded.toLocaleString(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /** Without its sign: the direction is told beside it. */
  power(watt: number | null): string {
    return this.scaled(watt, "W");
  }

  /** With one digit after the point at most, where there is little room. */
  shortPower(watt: number | null): string {
    return watt === null || Math.abs(watt) < 999.5 ? this.power(watt) : `${this.number(Math.abs(watt) / 1000, 1)} kW`;
  }

  energy(wattHours: number | null): string {
    return this.scaled(wattHours, "Wh");
  }

  /** Of gas, as a record has it. */
  litres(value: number): string {
    return `${this.number(value)} L`;
  }

  /** To the last Wh, as a record has it. */
  wattHours(value: number): string {
    return `${this.number(value)} Wh`;
  }

  /** As bills have it. */
  kilowattHours(wattHours: number | null): string {
    return wattHours === null ? this.messages.unknown : `${this.number(wattHours / 1000, 3)} kWh`;
  }

  private scaled(value: number | null, unit: string): string {
    if (value === null) return this.messages.unknown;
    const size = Math.abs(value);
    if (size < 999.5) return `${this.number(size)} ${unit}`;
    return `${this.number(size / 1000, size < 9_995 ? 2 : 1)} k${unit}`;
  }

  frequency(hertz: number | null): string {
    return hertz === null ? this.messages.unknown : `${this.number(hertz, 2)} Hz`;
  }

  percent(value: number | null): string {
    return value === null ? this.messages.unknown : `${this.number(value)} %`;
  }

  milliseconds(value: number | null): string {
    return value === null ? this.messages.unknown : `${this.number(value)} ms`;
  }

  /** With its sign: income is positive. */
  money(ticks: number | null): string {
    if (ticks === null) return this.messages.unknown;
    const yen = this.number(Math.abs(ticks) / MONEY_PER_YEN, 2);
    const sign = Number((ticks / MONEY_PER_YEN).toFixed(2)) === 0 ? "" : ticks < 0 ? "−" : "+";
    return `${sign}${yen} ${this.messages.yen}`;
  }

  /** An amount without a direction: what was paid, or what is at stake. */
  exactMoney(ticks: number): string {
    const digits = ticks % 1000 === 0 ? 2 : 5;
    return `${this.number(ticks / MONEY_PER_YEN, digits)} ${this.messages.yen}`;
  }

  /** Whole yen. */
  yen(value: number): string {
    return `${this.number(value)} ${this.messages.yen}`;
  }

  /** A price in 0.01 yen/kWh, in a column that says so. */
  barePrice(ticks: number): string {
    return this.number(ticks / 100, 2);
  }

  /** A price in 0.01 yen/kWh. */
  price(ticks: number | null): string {
    return ticks === null ? this.messages.unknown : `${this.number(ticks / 100, 2)} ${this.messages.slots.yenPerKwh}`;
  }

  time(ms: number): string {
    return this.clock.format(ms);
  }

  /** Month and day. */
  date(ms: number): string {
    return this.day.format(ms);
  }

  /** The clock time, with the day when that is not today. */
  moment(ms: number, today: number): string {
    const day = this.day.format(ms);
    return day === this.day.format(today) ? this.time(ms) : `${day} ${this.time(ms)}`;
  }

  /** The same to the second: gates of short slots lie seconds apart. */
  instant(ms: number, today: number): string {
    const time = new Intl.DateTimeFormat(this.language, { timeStyle: "medium", hourCycle: "h23" }).format(ms);
    const day = this.day.format(ms);
    return day === this.day.format(today) ? time : `${day} ${time}`;
  }

  /** Begin and end of a slot. */
  slot(beginSeconds: number, seconds: number, today: number): string {
    return `${this.moment(beginSeconds * 1000, today)}–${this.time((beginSeconds + seconds) * 1000)}`;
  }

  /** Begin and end with the day, to the second. */
  period(beginMs: number, endMs: number): string {
    const date = new Intl.DateTimeFormat(this.language, { dateStyle: "medium" });
    const time = new Intl.DateTimeFormat(this.language, { timeStyle: "medium", hourCycle: "h23" });
    const [day, endDay] = [date.format(beginMs), date.format(endMs)];
    return `${day} ${time.format(beginMs)}–${day === endDay ? "" : `${endDay} `}${time.format(endMs)}`;
  }

  /** How long something lasts, in whole minutes, hours or days. */
  lasting(ms: number): string {
    const { lasting } = this.messages;
    const minutes = Math.max(1, Math.floor(ms / 60_000));
    if (minutes < 120) return lasting.minutes(this.number(minutes));
    return minutes < 48 * 60 ? lasting.hours(this.number(minutes / 60)) : lasting.days(this.number(minutes / 1440));
  }

  age(ms: number | null): string {
    if (ms === null) return this.messages.unknown;
    const { age } = this.messages;
    const seconds = Math.max(0, ms / 1000);
    if (seconds < 9.95) return age.seconds(this.number(seconds, 1));
    if (seconds < 99.5) return age.seconds(this.number(seconds));
    if (seconds < 99.5 * 60) return age.minutes(this.number(seconds / 60));
    if (seconds < 48 * 3600) return age.hours(this.number(seconds / 3600));
    return age.days(this.number(seconds / 86_400));
  }
}
