import { Link } from '@tanstack/react-router';
import { Server } from 'lucide-react';

import { usePageInfo } from '../../../api';
import { EmptyState } from '../../../components';
import { useFirstKey } from '../../keys/use-first-key';
import parts from './parts.module.css';

/** No host has reported: the next step. It goes by itself, as the page asks again. */
export function NoHosts() {
  const { data: page } = usePageInfo();
  const key = useFirstKey();
  const url = page?.url ?? window.location.origin;
  return (
    <EmptyState
      icon={<Server />}
      title="No host has reported yet"
      command={`DD_API_KEY=${key} DD_DD_URL=${url} procyon agent run`}
      actions={
        <>
          <Link to={'/account/settings/agent' as never} className={parts.linkButton}>
            All ways to install
          </Link>
          <Link to={'/account/settings/intake' as never} className={parts.linkButton}>
            Why is nothing arriving?
          </Link>
        </>
      }
    >
      A host shows here within seconds of its first point. Start an agent on one:
    </EmptyState>
  );
}
