import { KeysPage } from './KeysPage';

export default function ApplicationKeys() {
  return <KeysPage kind="application" />;
}
