/** JSON as text: the value, or what is wrong and where. Small: no editor comes along with it. */

/** The value, or where it breaks. */
export function readJson(text: string): { ok: true; value: unknown } | { ok: false; message: string; at: number } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    const line = /line (\d+) column (\d+)/.exec(message);
    const at = position !== undefined ? Number(position) : line ? offsetOf(text, Number(line[1]), Number(line[2])) : text.length;
    return { ok: false, message, at: Math.min(at, text.length) };
  }
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, line - 1);
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}
