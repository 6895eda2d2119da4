/** A graph as PNG, CSV or JSON. */
import type { ChartData } from './data';

/** One line per time, one column per series. */
export function toCsv(data: ChartData): string {
  const head = ['time', ...data.series.map(({ label }) => label)].map(quoted).join(',');
  const lines = data.times.map((time, at) =>
    [new Date(time).toISOString(), ...data.series.map(({ values }) => values[at] ?? '')].join(','),
  );
  return [head, ...lines, ''].join('\r\n');
}

/** RFC 4180. A spreadsheet would run what begins like a formula: it gets a quote before it. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toJson(data: ChartData): string {
  const series = data.series.map(({ label, tags, unit, values }) => ({
    name: label,
    tags,
    unit: unit ?? null,
    points: data.times.flatMap((time, at) => {
      const value = values[at];
      return value === null || value === undefined ? [] : [[time, value]];
    }),
  }));
  return JSON.stringify({ interval_ms: data.interval, series }, null, 2);
}

const MARGIN = 12;
const TITLE = 28;

/** The drawn chart with its title on the page's background. */
export function toPng(chart: HTMLCanvasElement, title: string): Promise<Blob | null> {
  const scale = devicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + 2 * MARGIN * scale;
  canvas.height = chart.height + (TITLE + 2 * MARGIN) * scale;
  const ctx = canvas.getContext('2d');
  if (!ctx) return Promise.resolve(null);
  const style = getComputedStyle(document.documentElement);
  ctx.fillStyle = style.getPropertyValue('--bg');
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = style.getPropertyValue('--text');
  ctx.font = `600 ${13 * scale}px 'Inter Variable', sans-serif`;
  ctx.fillText(title, MARGIN * scale, (MARGIN + 14) * scale, canvas.width - 2 * MARGIN * scale);
  ctx.drawImage(chart, MARGIN * scale, (MARGIN + TITLE) * scale);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** Hands a file to the person. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name of any title. */
export function fileName(title: string, ending: string): string {
  const stem = title.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80);
  return `${stem || 'graph'}.${ending}`;
}
