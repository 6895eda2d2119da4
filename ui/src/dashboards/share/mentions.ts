/** `@name` in a note: what is being typed at the caret, and what is there when one is chosen. */
export interface Person {
  handle: string;
  name: string;
}

interface Users {
  data?: { attributes?: { handle?: string; name?: string | null; disabled?: boolean; service_account?: boolean } }[];
}

export function peopleOf(users: Users): Person[] {
  return (users.data ?? []).flatMap(({ attributes }) => {
    const handle = attributes?.handle;
    return handle && !attributes.disabled && !attributes.service_account ? [{ handle, name: attributes.name ?? '' }] : [];
  });
}

/** Where the word begins, and what is typed of it; undefined when the caret is in no mention. */
export function mentionAt(text: string, caret: number): { from: number; typed: string } | undefined {
  const [, typed] = /(?:^|[\s(,;])@([\w.+-]*(?:@[\w.-]*)?)$/.exec(text.slice(0, caret)) ?? [];
  return typed === undefined ? undefined : { from: caret - typed.length - 1, typed };
}

const SHOWN_MAX = 6;

/** Those whose handle or a word of whose name begins so. */
export function fitting(people: readonly Person[], typed: string): Person[] {
  const wanted = typed.toLowerCase();
  const fits = ({ handle, name }: Person) => handle.toLowerCase().startsWith(wanted) || name.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted));
  return people.filter(fits).slice(0, SHOWN_MAX);
}

export function withMention(text: string, caret: number, from: number, { handle }: Person): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${handle} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}

/** Whether somebody is meant by it. */
export function hasMention(text: string): boolean {
  return /(?:^|[\s(,;])@[\w.+-]{2,}/.test(text);
}
