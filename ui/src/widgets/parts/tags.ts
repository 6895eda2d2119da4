/** Whether a thing has the tags of a scope, as template variables write them. */

/** `env:prod`, `!env:prod`, `env IN (a,b)`, with `has` for one tag; `*` and `env:*` are no condition. */
export function fitsTags(scope: readonly string[], has: (tag: string) => boolean): boolean {
  return scope.flatMap(termsOf).every((term) => {
    const isNot = /^[!-]/.test(term);
    return anyOf(isNot ? term.slice(1) : term).some(has) !== isNot;
  });
}

/** At the commas that are in no list. */
function termsOf(scope: string): string[] {
  const terms = scope.split(/,(?![^()]*\))/).map((term) => term.trim());
  return terms.filter((term) => term !== '' && term !== '*' && !term.endsWith(':*'));
}

function anyOf(term: string): string[] {
  const [, key, values] = /^(\S+) IN \((.*)\)$/.exec(term) ?? [];
  return key === undefined ? [term] : (values ?? '').split(',').map((value) => `${key}:${value.trim()}`);
}
