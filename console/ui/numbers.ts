const whole = new Intl.NumberFormat();
const decimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** An exact number, thousands separated as the reader is used to: 18,196. */
export function count(value: number): string {
  return whole.format(value);
}

/** A share from 0 to 1 in percent, with one digit: 77.2 %. What is not all or nothing is never shown as 0 or 100. */
export function share(value: number): string {
  const percent = value * 100;
  if (value > 0 && percent < 0.05) return `< ${tenths.format(0.1)} %`;
  if (value < 1 && percent >= 99.95) return `> ${tenths.format(99.9)} %`;
  return `${decimal.format(percent)} %`;
}

/** Money and other values with decimals, as exact as they are. */
export function amount(value: number): string {
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(value);
}

/** A number of bytes as people say it: 1.8 MB. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  const format = { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(undefined, format).format(value / 1_000 ** power);
}
