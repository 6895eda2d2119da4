/** Units as the API gives them: what is counted, and per what. */
export interface Unit {
  family: string;
  name: string;
  plural: string;
  short_name: string | null;
  /** How many of the family's base (byte, second, percent) one of these is. */
  scale_factor: number;
}

export type UnitPair = readonly [Unit | null, Unit | null] | null | undefined;

const unit = (family: string, name: string, short: string, scale = 1): Unit => ({
  family,
  name,
  plural: `${name}s`,
  short_name: short,
  scale_factor: scale,
});

/** For graphs whose unit is known beforehand. */
export const UNITS = {
  byte: [unit('bytes', 'byte', 'B'), null],
  bytePerSecond: [unit('bytes', 'byte', 'B'), unit('time', 'second', 's')],
  percent: [{ ...unit('percentage', 'percent', '%'), plural: 'percent' }, null],
  fraction: [unit('percentage', 'fraction', '', 100), null],
  second: [unit('time', 'second', 's'), null],
  millisecond: [unit('time', 'millisecond', 'ms', 0.001), null],
} as const satisfies Record<string, UnitPair>;
