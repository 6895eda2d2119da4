export type FrameUrl = { url: string } | { refused: string };

/** What may stand in a frame: pages of other sites. `own` is this page's origin. */
export function frameUrl(address: string, own: string): FrameUrl {
  const trimmed = address.trim();
  if (trimmed === '') return { refused: 'No address yet' };
  let url: URL;
  try {
    url = new URL(trimmed.startsWith('//') ? `https:${trimmed}` : /^[a-z][a-z\d+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`);
  } catch {
    return { refused: 'The address cannot be read' };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { refused: `Only http: and https: pages are shown, not ${url.protocol}` };
  if (url.origin === own) return { refused: 'Pages of this server are not shown in a frame' };
  if (url.protocol === 'http:' && own.startsWith('https:')) return { refused: 'The browser shows no http: page inside an https: one' };
  return { url: url.href };
}
