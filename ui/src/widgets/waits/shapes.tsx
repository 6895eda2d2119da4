/** Faint outlines of what a kind looks like, for boxes whose data is not there yet. */
import type { ReactNode } from 'react';

const LINE = { fill: 'none', stroke: 'currentColor', strokeWidth: 3, vectorEffect: 'non-scaling-stroke' } as const;
const FILL = { fill: 'currentColor' } as const;

/** Drawn to fill a box of any form. */
function Stretched({ children }: { children: ReactNode }) {
  return (
    <svg viewBox="0 0 400 200" preserveAspectRatio="none">
      {children}
    </svg>
  );
}

/** Keeps its form. */
function Fitted({ children }: { children: ReactNode }) {
  return <svg viewBox="0 0 400 200">{children}</svg>;
}

function Lines() {
  return (
    <Stretched>
      <path {...LINE} d="M0 150 40 132 80 140 120 96 160 110 200 70 240 92 280 60 320 76 360 40 400 58" />
      <path {...LINE} strokeDasharray="8 8" d="M0 52H400" />
    </Stretched>
  );
}

function Value() {
  return (
    <Fitted>
      <rect {...FILL} x="120" y="60" width="110" height="80" rx="10" />
      <rect {...FILL} x="244" y="104" width="40" height="36" rx="8" />
    </Fitted>
  );
}

function Rows() {
  return (
    <Stretched>
      {[14, 46, 78, 110, 142, 174].map((y, at) => (
        <g key={y}>
          <rect {...FILL} x="10" y={y} width="10" height="12" />
          <rect {...FILL} x="32" y={y} width={[230, 180, 260, 150, 210, 120][at]} height="12" />
          <rect {...FILL} x="350" y={y} width="40" height="12" />
        </g>
      ))}
    </Stretched>
  );
}

function Ring() {
  return (
    <Fitted>
      <circle {...FILL} fill="none" stroke="currentColor" strokeWidth="22" cx="200" cy="100" r="72" strokeDasharray="400 60" transform="rotate(-90 200 100)" />
    </Fitted>
  );
}

const NODES = [[60, 100], [160, 46], [160, 150], [270, 60], [270, 140], [350, 100]] as const;

function Map() {
  return (
    <Fitted>
      <path {...LINE} d="M60 100 160 46 270 60 350 100 270 140 160 150Z M160 46 270 140 M160 150 270 60" />
      {NODES.map(([x, y]) => (
        <circle key={`${x} ${y}`} {...FILL} cx={x} cy={y} r="20" />
      ))}
    </Fitted>
  );
}

function Funnel() {
  return (
    <Stretched>
      {[170, 128, 86, 60].map((height, at) => (
        <g key={height}>
          <rect {...FILL} x={20 + at * 95} y={190 - height} width="56" height={height} />
          {at < 3 && <path {...FILL} opacity="0.45" d={`M${76 + at * 95} ${190 - height} L${115 + at * 95} ${190 - ([128, 86, 60][at] ?? 0)} V190 H${76 + at * 95}Z`} />}
        </g>
      ))}
    </Stretched>
  );
}

function Flows() {
  return (
    <Stretched>
      <g fill="none" stroke="currentColor" opacity="0.6">
        <path strokeWidth="46" d="M20 50C200 50 200 40 380 40" />
        <path strokeWidth="26" d="M20 88C200 88 200 130 380 130" />
        <path strokeWidth="30" d="M20 150C200 150 200 84 380 84" />
      </g>
      {[[12, 26, 76], [12, 134, 34], [380, 16, 86], [380, 116, 30]].map(([x, y, height]) => (
        <rect key={`${x} ${y}`} {...FILL} x={x} y={y} width="8" height={height} />
      ))}
    </Stretched>
  );
}

function Cohort() {
  return (
    <Stretched>
      {[0, 1, 2, 3, 4].flatMap((row) =>
        Array.from({ length: 7 - row }, (_, column) => <rect key={`${row} ${column}`} {...FILL} opacity={1 - column * 0.13} x={10 + column * 55} y={10 + row * 37} width="50" height="32" />),
      )}
    </Stretched>
  );
}

function Curve() {
  return (
    <Stretched>
      <path {...LINE} d="M10 20C60 120 120 140 200 150S340 164 390 166" />
      <path {...LINE} d="M10 20C50 150 120 172 200 178S340 184 390 184" opacity="0.6" />
    </Stretched>
  );
}

function Press() {
  return (
    <Fitted>
      <rect {...FILL} x="120" y="72" width="160" height="56" rx="14" />
    </Fitted>
  );
}

const SPOTS = [[30, 150], [62, 120], [88, 160], [110, 96], [140, 132], [164, 70], [190, 148], [214, 110], [240, 58], [262, 128], [290, 92], [312, 140], [340, 66], [368, 112]] as const;

function Points() {
  return (
    <Fitted>
      {SPOTS.map(([x, y], at) => (
        <circle key={x} {...FILL} cx={x} cy={y} r={at % 3 === 0 ? 9 : 6} />
      ))}
    </Fitted>
  );
}

const SHAPES: Readonly<Record<string, () => ReactNode>> = {
  alert_graph: Lines,
  alert_value: Value,
  manage_status: Rows,
  slo: Ring,
  slo_list: Rows,
  trace_service: Lines,
  servicemap: Map,
  topology_map: Map,
  funnel: Funnel,
  sankey: Flows,
  cohort: Cohort,
  retention_curve: Curve,
  run_workflow: Press,
  point_plot: Points,
  wildcard: Funnel,
};

export function WaitShape({ type }: { type: string }) {
  const Shape = Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined;
  return Shape ? <Shape /> : null;
}
