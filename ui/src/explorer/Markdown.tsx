/** Draws the tree of `markdown.ts`. No HTML comes from the text. */
import { Square, SquareCheck } from 'lucide-react';

import { cx } from '../util/cx';
import { MarkdownImage } from './MarkdownImage';
import type { Block, Inline, ListItem } from './markdown';
import styles from './markdown.module.css';

interface Props {
  blocks: readonly Block[];
  /** Headings of different sizes, as documents have them. */
  isDocument?: boolean;
}

export function Markdown({ blocks, isDocument = false }: Props) {
  return (
    <div className={cx(styles.body, isDocument && styles.document)}>
      <Blocks blocks={blocks} />
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block, i) => <BlockView key={i} block={block} />);
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
        <p className={cx(styles.heading, styles[`h${block.level}`])} role="heading" aria-level={Math.min(6, block.level + 2)}>
          <Inlines parts={block.inline} />
        </p>
      );
    case 'quote':
      return (
        <blockquote className={styles.quote}>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'paragraph':
      return (
        <p className={styles.plain}>
          <Inlines parts={block.inline} />
        </p>
      );
    case 'list':
      return block.isOrdered ? (
        <ol className={styles.ordered} start={block.start}>
          <Items items={block.items} />
        </ol>
      ) : (
        <ul className={styles.list}>
          <Items items={block.items} />
        </ul>
      );
    case 'table':
      return <TableView table={block} />;
  }
}

function Items({ items }: { items: readonly ListItem[] }) {
  return items.map((item, i) => (
    <li key={i} className={item.isDone === undefined ? undefined : styles.task}>
      {item.isDone !== undefined && (item.isDone ? <SquareCheck aria-label="Done" /> : <Square aria-label="To do" />)}
      <span className={styles.plain}>
        <Inlines parts={item.inline} />
      </span>
      {item.blocks.length > 0 && (
        <div className={styles.under}>
          <Blocks blocks={item.blocks} />
        </div>
      )}
    </li>
  ));
}

function TableView({ table }: { table: Extract<Block, { kind: 'table' }> }) {
  return (
    <div className={styles.tableFrame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {table.head.map((cell, i) => (
              <th key={i} style={{ textAlign: table.aligns[i] }}>
                <Inlines parts={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, i) => (
                <td key={i} style={{ textAlign: table.aligns[i] }}>
                  <Inlines parts={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, i) => <InlineView key={i} part={part} />);
}

function InlineView({ part }: { part: Inline }) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'break':
      return <br />;
    case 'bold':
      return <strong><Inlines parts={part.inside} /></strong>;
    case 'italic':
      return <em><Inlines parts={part.inside} /></em>;
    case 'struck':
      return <del><Inlines parts={part.inside} /></del>;
    case 'code':
      return <code className={styles.inlineCode}>{part.text}</code>;
    case 'image':
      return <MarkdownImage part={part} />;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines parts={part.inside} />
        </a>
      );
  }
}
