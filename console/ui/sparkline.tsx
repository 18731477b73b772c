import { Tooltip, VisuallyHidden } from '@mantine/core';
import classes from './sparkline.module.css';
import { areaOf } from './sparkline-area.ts';

export interface SparklineSeries {
  values: readonly number[];
  /** Above or below the line in the middle. */
  side: 'up' | 'down';
  tone: 'accent' | 'quiet' | 'danger';
}

const box = { width: 72, height: 20 };

/** A few values as a small line; `label` says them exactly, on hover and to a screen reader. */
export function Sparkline({ series, label }: { series: readonly SparklineSeries[]; label: string }) {
  const most = Math.max(0, ...series.flatMap(({ values }) => values));
  return (
    <Tooltip label={label}>
      <span className={classes.sparkline}>
        <VisuallyHidden>{label}</VisuallyHidden>
        <svg width={box.width} height={box.height} viewBox={`0 -1 ${box.width} ${box.height + 2}`} aria-hidden>
          <line x1={0} x2={box.width} y1={box.height / 2} y2={box.height / 2} className={classes.middle} />
          {series
            .filter(({ values }) => values.some((value) => value > 0))
            .map(({ values, side, tone }) => (
              <polygon key={tone} points={areaOf(values, most, side, box)} className={classes[tone]} />
            ))}
        </svg>
      </span>
    </Tooltip>
  );
}
