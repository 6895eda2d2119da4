import { CodeBlock } from '../../components';
import type { Step } from './commands';
import styles from './install.module.css';

/** The steps in their order. The key is masked to the eye and whole in the clipboard. */
export function Steps({ steps, secret }: { steps: readonly Step[]; secret: string | undefined }) {
  return (
    <ol className={styles.steps}>
      {steps.map((step, at) => (
        <li key={step.title} className={styles.step}>
          <span className={styles.number} aria-hidden>
            {at + 1}
          </span>
          <div className={styles.stepBody}>
            <h2>{step.title}</h2>
            {step.text && <p>{step.text}</p>}
            {step.code !== undefined && (
              <>
                {step.of && <div className={styles.of}>{step.of}</div>}
                <CodeBlock code={step.code} shown={masked(step.code, secret)} />
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function masked(code: string, secret: string | undefined): string {
  return secret === undefined ? code : code.replaceAll(secret, `${'•'.repeat(8)}${secret.slice(-4)}`);
}
