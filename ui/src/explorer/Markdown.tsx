/** Draws the tree of `markdown.ts`. No HTML comes from the text. */
import type { Block, Inline } from './markdown';
import styles from './markdown.module.css';

export function Markdown({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className={styles.body}>
      {blocks.map((block, i) => (
        <BlockView key={i} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'plain':
      return <p className={styles.plain}>{block.text}</p>;
    case 'code':
      return <pre className={styles.code}>{block.text}</pre>;
    case 'rule':
      return <hr className={styles.rule} />;
    case 'heading':
      return (
        <p className={styles.heading} role="heading" aria-level={Math.min(6, block.level + 2)}>
          <Inlines parts={block.inline} />
        </p>
      );
    case 'quote':
      return (
        <blockquote className={styles.quote}>
          <Inlines parts={block.inline} />
        </blockquote>
      );
    case 'paragraph':
      return (
        <p className={styles.plain}>
          <Inlines parts={block.inline} />
        </p>
      );
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul';
      return (
        <List className={block.isOrdered ? styles.ordered : styles.list}>
          {block.items.map((item, i) => (
            <li key={i}>
              <Inlines parts={item} />
            </li>
          ))}
        </List>
      );
    }
  }
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, i) => <InlineView key={i} part={part} />);
}

function InlineView({ part }: { part: Inline }) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'bold':
      return <strong>{part.text}</strong>;
    case 'italic':
      return <em>{part.text}</em>;
    case 'code':
      return <code className={styles.inlineCode}>{part.text}</code>;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
