export { api, call, type Query } from './client';
export { ApiError } from './errors';
export { connection } from './connection';
export { queryClient } from './query-client';
export { pageInfo, signIn, signOut, type PageInfo } from './session';
export { usePageInfo } from './use-page-info';
