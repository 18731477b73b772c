import '@mantine/charts/styles.layer.css';
import { BarChart } from '@mantine/charts';
import type { SegmentDay } from '../../src/segments/history.ts';
import { texts } from '../texts/texts.ts';
import { utcDay } from '../ui/moments.ts';
import { count } from '../ui/numbers.ts';
import classes from './segment.module.css';

const { membership } = texts.segments;

const series = [
  { name: 'joined', label: membership.joined, color: 'var(--mantine-color-anchor)' },
  { name: 'left', label: membership.left, color: 'var(--mantine-color-dimmed)' },
  { name: 'deleted', label: membership.deleted, color: 'var(--lethe-danger)' },
];

/** Who joined above the line, who left or was deleted below it. The same numbers stand in the table beside it, for everybody. */
export function MembershipChart({ days, label }: { days: readonly SegmentDay[]; label: string }) {
  const data = days.map(({ day, joined, left, deleted }) => ({ day, joined, left: -left, deleted: -deleted }));
  return (
    <div role="img" aria-label={label}>
      <BarChart
        className={classes.chart}
        data={data}
        dataKey="day"
        type="stacked"
        series={series}
        withLegend
        legendProps={{ itemSorter: null }}
        referenceLines={[{ y: 0, color: 'var(--mantine-color-dimmed)' }]}
        gridAxis="x"
        tickLine="none"
        valueFormatter={(value) => count(Math.abs(value))}
        xAxisProps={{ tickFormatter: utcDay, minTickGap: 48 }}
        yAxisProps={{ width: 64, allowDecimals: false }}
        barProps={{ isAnimationActive: false }}
        // What moves and is reached by keyboard here would be read out as nothing of use.
        barChartProps={{ stackOffset: 'sign', accessibilityLayer: false }}
        tooltipProps={{ labelFormatter: (day) => (typeof day === 'string' ? utcDay(day) : '') }}
        tooltipAnimationDuration={0}
      />
    </div>
  );
}
