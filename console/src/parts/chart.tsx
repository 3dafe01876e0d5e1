import { useMemo } from 'preact/hooks';

export interface Series {
  name: string;
  /** One for each day. */
  values: number[];
}

const width = 720;
const height = 190;
const margin = { left: 54, right: 8, top: 10, bottom: 22 };

/** Round steps for an axis: 1, 2 or 5 and zeros. */
function stepOf(most: number): number {
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((by) => by * power).find((step) => step >= rough) ??
    power * 10;
}

/** Stacked bars, one per day. A table next to it has the same figures. */
export function Bars(
  { title, days, series, format }: {
    title: string;
    days: string[];
    series: Series[];
    format: (value: number) => string;
  },
) {
  const { top, step } = useMemo(() => {
    const sums = days.map((_, at) =>
      series.reduce((sum, { values }) => sum + Math.max(values[at] ?? 0, 0), 0)
    );
    const most = Math.max(...sums, 0);
    const step = stepOf(most);
    return { top: Math.max(Math.ceil(most / step) * step, step), step };
  }, [days, series]);
  const inner = {
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const bar = inner.width / Math.max(days.length, 1);
  const y = (value: number) => margin.top + inner.height * (1 - value / top);
  const lines = Array.from(
    { length: Math.round(top / step) + 1 },
    (_, at) => at * step,
  );
  const every = Math.ceil(days.length / 8);
  return (
    <figure class='figure'>
      <figcaption>{title}</figcaption>
      <svg
        class='chart'
        viewBox={`0 0 ${width} ${height}`}
        role='img'
        aria-label={title}
      >
        {lines.map((value) => (
          <g key={value}>
            <line
              class='axis'
              x1={margin.left}
              x2={width - margin.right}
              y1={y(value)}
              y2={y(value)}
            />
            <text x={margin.left - 6} y={y(value) + 4} text-anchor='end'>
              {format(value)}
            </text>
          </g>
        ))}
        {days.map((day, at) => {
          let below = 0;
          return (
            <g key={day}>
              {series.map(({ name, values }, number) => {
                const value = Math.max(values[at] ?? 0, 0);
                if (value === 0) return null;
                below += value;
                return (
                  <rect
                    key={name}
                    class={`s${number % 6}`}
                    x={margin.left + at * bar + bar * .1}
                    width={bar * .8}
                    y={y(below)}
                    height={inner.height * value / top}
                  >
                    <title>{`${day}: ${name} ${format(value)}`}</title>
                  </rect>
                );
              })}
              {at % every === 0 && (
                <text
                  x={margin.left + (at + .5) * bar}
                  y={height - 6}
                  text-anchor='middle'
                >
                  {day.slice(5)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <ul class='legend'>
        {series.map(({ name }, number) => (
          <li key={name}>
            <span class={`key s${number % 6}`} /> {name}
          </li>
        ))}
      </ul>
    </figure>
  );
}
