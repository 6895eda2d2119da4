import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';

import { useParams } from '../../util/url-state';

/** `/dash/system?scope=env:prod`, an address of before, leads to the dashboard with the same scope. */
export default function SystemMoved() {
  const { scope = '', ...rest } = useParams();
  const navigate = useNavigate();
  useEffect(() => {
    const words = scope.split(/[\s,]+/).map((word) => /^([\w.-]+):(.+)$/.exec(word));
    const values = Object.fromEntries(words.flatMap((word) => (word ? [[`tpl_var_${word[1]}`, word[2]]] : [])));
    void navigate({ to: '/dashboard/system' as never, search: { ...rest, ...values } as never, replace: true });
    // Once: this page is gone then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return null;
}
