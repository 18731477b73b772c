import { texts } from '../../texts/texts.ts';
import classes from './rule-builder.module.css';
import type { Missing } from './written.ts';

export interface FaultsProps {
  id: string;
  missing: readonly Missing[];
  /** What the server refuses here. */
  problems: readonly string[];
}

/** What keeps a condition or a group from being complete, in words: quietly while one types, loudly where the server refuses. */
export function Faults({ id, missing, problems }: FaultsProps) {
  if (missing.length + problems.length === 0) return null;
  const { missing: words, missingIn } = texts.rules;
  return (
    <div id={id} className={classes.faults}>
      {missing.length > 0 && <span>{missingIn(missing.map((what) => words[what]).join(', '))}</span>}
      {problems.map((problem) => (
        <span key={problem} className={classes.problem} role="alert">
          {problem}
        </span>
      ))}
    </div>
  );
}
