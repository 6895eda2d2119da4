import { Link } from '@tanstack/react-router';

import { NAV } from '../../shell/nav';
import { Page } from '../../shell';
import styles from './home.module.css';

/** Where one lands: the parts that are there, one click away. */
export default function Home() {
  return (
    <Page title="Home">
      <ul className={styles.parts}>
        {NAV.filter(({ to }) => to !== '/').map((entry) => (
          <li key={entry.label}>
            <Link to={entry.to as never} className={styles.part}>
              <entry.icon aria-hidden />
              {entry.label}
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
