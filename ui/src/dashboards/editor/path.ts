/**
 * Reads and changes a definition by path: `yaxis.min`, `requests.0.style.palette`. Nothing is
 * changed in place; what a path does not name stays the same object.
 */
export type Path = readonly (string | number)[];

export function pathOf(text: string): Path {
  return text === '' ? [] : text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export function getAt(value: unknown, path: Path): unknown {
  let found: unknown = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

/**
 * With `undefined` the key goes away, and an object that is empty without it. What is on the way
 * and no object is replaced by one.
 */
export function setAt<T>(value: T, path: Path, next: unknown): T {
  return put(value, path, next) as T;
}

function put(value: unknown, path: Path, next: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return next;
  const inner = put(getAt(value, [part]), rest, next);
  if (typeof part === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (inner === undefined) list.splice(part, 1);
    else list[part] = inner;
    return list;
  }
  const { [part]: _, ...others } = isObject(value) ? value : {};
  if (inner === undefined) return Object.keys(others).length === 0 && path.length > 0 && !isRoot(value) ? undefined : others;
  // The key keeps its place.
  return isObject(value) ? { ...value, [part]: inner } : { [part]: inner };
}

/** A definition stays one, however little is in it. */
function isRoot(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where something stands in a text of JSON: the value at a path, or the deepest of it that is there. */
export function offsetsOf(text: string, path: Path): { from: number; to: number } {
  const reader = new Reader(text);
  return reader.find(path);
}

/** Walks over JSON that is known to be whole. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  find(path: Path): { from: number; to: number } {
    this.space();
    const from = this.at;
    const [part, ...rest] = path;
    if (part !== undefined && this.text[this.at] === (typeof part === 'number' ? '[' : '{')) {
      const found = this.enter(part, rest);
      if (found) return found;
    }
    this.at = from;
    this.skip();
    return { from, to: this.at };
  }

  private enter(part: string | number, rest: Path): { from: number; to: number } | undefined {
    this.at += 1;
    for (let index = 0; this.at < this.text.length; index += 1) {
      this.space();
      if (this.text[this.at] === ']' || this.text[this.at] === '}') return undefined;
      let key: unknown = index;
      if (typeof part === 'string') {
        const start = this.at;
        this.string();
        key = JSON.parse(this.text.slice(start, this.at));
        this.space();
        this.at += 1;
      }
      if (key === part) return this.find(rest);
      this.skip();
      this.space();
      if (this.text[this.at] === ',') this.at += 1;
    }
    return undefined;
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private string(): void {
    this.at += 1;
    while (this.at < this.text.length && this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at += 1;
  }

  private skip(): void {
    this.space();
    let depth = 0;
    do {
      const sign = this.text[this.at];
      if (sign === '"') this.string();
      else {
        if (sign === '{' || sign === '[') depth += 1;
        else if (sign === '}' || sign === ']') depth -= 1;
        this.at += 1;
        // A number or a word ends at the first sign that is none of its own.
        if (depth === 0 && sign !== '}' && sign !== ']') while (/[\w.+-]/.test(this.text[this.at] ?? '')) this.at += 1;
      }
    } while (depth > 0 && this.at < this.text.length);
  }
}
