/** How the picture of the building looks. */

import { css } from "lit";

export const flowStyles = css`
  .frame {
    min-height: 120px;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    user-select: none;
  }
  text {
    fill: var(--text);
    font-size: 12px;
  }
  .name {
    font-size: 13px;
    font-weight: 640;
  }
  .watt {
    font-size: 14.5px;
    font-weight: 600;
  }
  .watt.take,
  .arrow.take {
    fill: var(--take);
  }
  .watt.give,
  .arrow.give {
    fill: var(--give);
  }
  .medium .watt {
    font-size: 13px;
  }
  .small .name,
  .small .watt {
    font-size: 11.5px;
  }
  .tight .name,
  .tight .watt {
    font-size: 11.5px;
  }
  .node .watt {
    font-size: 18px;
  }
  .end {
    text-anchor: end;
  }
  .middle {
    text-anchor: middle;
  }
  text.small {
    font-size: 11.5px;
    fill: var(--quiet);
  }
  text.small.battery {
    fill: var(--battery);
  }
  .floor {
    font-size: 11.5px;
    fill: var(--quiet);
    text-anchor: end;
  }
  .island {
    fill: var(--warn);
    font-size: 11px;
    font-weight: 640;
    text-anchor: end;
  }
  .tile {
    fill: var(--card);
    stroke: var(--line);
    stroke-width: 1;
  }
  .flat {
    cursor: pointer;
  }
  .flat:hover .tile {
    stroke: var(--quiet);
  }
  .flat:focus {
    outline: none;
  }
  .flat:focus-visible .tile,
  .flat.chosen .tile {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .flat.islanded .tile {
    fill: var(--warn-soft);
    stroke: var(--warn);
  }
  .flat.offline .tile {
    fill: var(--sunken);
    stroke-dasharray: 4 3;
  }
  .flat.offline text {
    fill: var(--quiet);
  }
  .common .tile {
    fill: var(--sunken);
  }
  .earth {
    fill: var(--sunken);
  }
  .mark {
    stroke-width: 1.6;
    fill: none;
  }
  .mark.online {
    fill: var(--good);
  }
  .mark.island {
    fill: var(--warn);
  }
  .mark.offline {
    stroke: var(--quiet);
  }
  .sun {
    fill: var(--solar-fill);
  }
  .rays {
    stroke: var(--solar-fill);
    stroke-width: 1.2;
    stroke-linecap: round;
  }
  .sun.unknown {
    fill: var(--line);
  }
  .rays.unknown {
    stroke: var(--line);
  }
  .track {
    fill: var(--line);
  }
  .cell {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.1;
  }
  .charge {
    fill: var(--battery);
  }
  .pylon {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }

  .line {
    fill: none;
    stroke: var(--line);
    stroke-linecap: round;
  }
  .line.take {
    stroke: var(--take-soft);
  }
  .line.give {
    stroke: var(--give-soft);
  }
  .line.unknown {
    stroke: var(--quiet);
    stroke-dasharray: 2 5;
    opacity: 0.6;
  }
  .line.partial:not(.unknown) {
    opacity: 0.75;
  }
  .flow {
    fill: none;
    stroke-linecap: round;
    stroke-dasharray: 0.1 13;
  }
  .flow.take {
    stroke: var(--take);
    animation: along 1.3s linear infinite;
  }
  .flow.give {
    stroke: var(--give);
    animation: along 1.3s linear infinite reverse;
  }
  :host([stale]) .flow {
    animation-play-state: paused;
  }
  :host([stale]) svg {
    opacity: 0.55;
  }
  /* One step of the dashes: the picture repeats without a seam. */
  @keyframes along {
    from {
      stroke-dashoffset: 13.1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      animation: none !important;
    }
  }

  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 10px 0 0;
    padding: 0;
    color: var(--quiet);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    width: 22px;
    height: 5px;
    border-radius: 3px;
    margin-right: 6px;
    vertical-align: middle;
    background: var(--line);
  }
  .legend .take {
    background: var(--take);
  }
  .legend .give {
    background: var(--give);
  }
  .legend .unknown {
    background: repeating-linear-gradient(90deg, var(--quiet) 0 2px, transparent 2px 6px);
    height: 2px;
  }
  .legend .warn {
    color: var(--warn);
  }
  flat-detail {
    margin-top: 12px;
  }
`;
