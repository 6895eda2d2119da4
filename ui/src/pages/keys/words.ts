/** What the two kinds of keys are called and for. */
import type { KeyKind } from './data';

export interface KeyWords {
  title: string;
  one: string;
  /** What it is for, in a sentence or two. */
  what: string;
  owner: string;
  revoked: string;
}

export const WORDS: Record<KeyKind, KeyWords> = {
  api: {
    title: 'API Keys',
    one: 'API key',
    what: 'API keys belong to the organization. Agents and libraries send metrics, events and checks with one; it can write and not read.',
    owner: 'Created by',
    revoked: 'Agents and libraries that send with it are refused from now on.',
  },
  application: {
    title: 'Application Keys',
    one: 'application key',
    what: 'Application keys belong to a person. Together with an API key they give programs what that person may do, or only what their scopes name.',
    owner: 'Owner',
    revoked: 'Programs that use it are refused from now on.',
  },
};

export const KEYS_CRUMBS = [{ label: 'Organization settings', to: '/organization-settings/api-keys' }];
