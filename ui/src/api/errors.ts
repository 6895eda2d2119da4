/** What went wrong with a call, in the words that the server answered. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP status; 0 when the server could not be reached. */
    readonly status: number,
    message: string,
    /** What the person can do about it. */
    readonly hint?: string,
    /** Seconds that the server asks to wait. */
    readonly retryAfterSecs?: number,
  ) {
    super(message);
  }

  get isGone(): boolean {
    return this.status === 0;
  }
}

/** The text of a Datadog error body: `{"errors": ["…"]}`, of JSON:API objects, or `{"error": "…"}`. */
export function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { errors, error } = body as { errors?: unknown; error?: unknown };
  if (Array.isArray(errors)) {
    const texts = errors.map(textOfError).filter((text) => text !== '');
    if (texts.length > 0) return texts.join('; ');
  }
  return typeof error === 'string' && error !== '' ? error : undefined;
}

function textOfError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  const { title, detail } = error as { title?: unknown; detail?: unknown };
  return [detail, title].find((text): text is string => typeof text === 'string') ?? '';
}

const HINTS: Record<number, string> = {
  0: 'The page tries again by itself.',
  403: 'Your roles do not grant this. An administrator can change them.',
  404: 'It may have been removed, or the address is wrong.',
  413: 'Ask for less: a shorter time or fewer groups.',
  429: 'Too many calls: the page waits and tries again.',
  500: 'This is a fault of the server; its log says more.',
  503: 'The server is busy or starting: try again in a moment.',
};

export function hintOf(status: number): string | undefined {
  return HINTS[status];
}
