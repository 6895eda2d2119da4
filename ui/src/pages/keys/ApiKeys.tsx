import { KeysPage } from './KeysPage';

export default function ApiKeys() {
  return <KeysPage kind="api" />;
}
