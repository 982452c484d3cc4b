// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Numbers of the learner in words.

// Learning rates that a slider offers: 1, 1.2, 1.5 .. of each decade.
export function learningRates(low, high) {
  const rates = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++)
    for (const digits of ["1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8"]) {
      const rate = Number(`${digits}e${decade}`);
      if (rate >= low && rate <= high) rates.push(rate);
    }
  return rates;
}

// A number with its sign, for a column of numbers: "−0.412", "1.3e7".
export function learningNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return "no number";
  const size = Math.abs(value);
  const text = size >= 1e4 ? size.toExponential(1).replace("e+", "e") : size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
}

// A loss with two or three digits that mean something: "0.0041", "0.132", "27", "3,100".
export function lossWords(loss) {
  if (!Number.isFinite(loss)) return "no number any more";
  if (loss >= 1e9) return loss.toExponential(1).replace("e+", "e");
  if (loss >= 1000) return Number(loss.toPrecision(2)).toLocaleString("en");
  return loss === 0 ? "0" : loss < 1e-6 ? "below 0.000001" : String(Number(loss.toPrecision(loss < 0.1 ? 2 : 3)));
}

// What a stretch does to the overtones: "215 cents too high".
export function stretchWords(stretch, most) {
  const cents = Math.round(1200 * Math.log2(1 + stretch));
  if (cents === 0) return "in tune";
  const size = `${Math.abs(cents)} cent${Math.abs(cents) === 1 ? "" : "s"}`;
  return `${size} too ${cents > 0 ? "high" : "low"}${stretch >= most ? ", the most there is" : ""}`;
}

// An angle in degrees.
export function angleWords(angle) {
  return `${Math.round((angle * 180) / Math.PI)}°`;
}
