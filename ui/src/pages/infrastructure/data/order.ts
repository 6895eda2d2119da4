/** Tags in the order in which they say most about a host. */
const FIRST_KEYS = ['env', 'service', 'role', 'team', 'region', 'cluster_name'];

/** Without the host's own name, which stands beside them. */
export function ordered(tags: readonly string[]): string[] {
  const rank = (tag: string) => {
    const at = FIRST_KEYS.indexOf(tag.slice(0, tag.indexOf(':')));
    return at < 0 ? FIRST_KEYS.length : at;
  };
  return tags.filter((tag) => !tag.startsWith('host:')).sort((a, b) => rank(a) - rank(b));
}
